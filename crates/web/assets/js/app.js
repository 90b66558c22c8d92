// Loaded by every page, after it is drawn. Every page works without it; each part is fetched only where it has
// something to do.

const here = (selector) => document.querySelector(selector);

/** Tells people who listen to the page, and nobody else, what happened. */
export function announce(text) {
  let region = here('#announcer');
  if (!region) {
    region = Object.assign(document.createElement('p'), { id: 'announcer', className: 'vh' });
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
}

/** A page as a document, or an error with a sentence. */
export async function load(address, options = {}) {
  const response = await fetch(address, { credentials: 'same-origin', ...options });
  const kind = response.headers.get('content-type') ?? '';
  if (!kind.startsWith('text/html')) throw new Error('The answer is not a page.');
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return { page, response };
}

/** Storage that may be switched off. */
export const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* full or forbidden: do without */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

const THEMES = ['auto', 'light', 'dark'];
const THEME_WORDS = { auto: 'as my device', light: 'light', dark: 'dark' };

/** Visitors choose their colours here; members in their settings. */
function themeSwitch() {
  const button = here('[data-theme-switch]');
  if (!button) return;
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Colours: ${THEME_WORDS[theme]}`;
  };
  show(THEMES.find((theme) => theme === store.get('theme')) ?? 'auto');
  button.hidden = false;
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    store.set('theme', next);
    show(next);
  });
}

/** Open menus close like menus: by Escape, by a click elsewhere, and when another one opens. */
function menus() {
  const open = () => document.querySelectorAll('details.more[open]');
  document.addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
    }
  });
}

/** A form is sent once, however often its button is pressed. */
function once() {
  addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
}

/** Whoever signs out leaves no drafts behind on this device. */
function goodbye() {
  document.addEventListener('submit', (event) => {
    if (event.target.getAttribute('action') !== '/sign-out') return;
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith('draft ')) store.drop(key);
    } catch { /* nothing was kept */ }
  });
}

themeSwitch();
menus();
goodbye();
if (here('form[data-proof]')) import('./proof.js');
if (here('form[data-draft]')) import('./draft.js');
if (here('[data-similar]')) import('./similar.js');
if (here('[data-toolbar]')) import('./composer.js');
if (document.body.dataset.user && here('form.composer textarea')) import('./mention.js');
if (here('[data-post]') || here('[data-swap]')) import('./swap.js');
if (here('[data-topic]') || here('[data-live-desk]') || document.body.dataset.live) import('./live.js');
if (document.body.dataset.shortcuts === 'on') import('./keys.js');
once();
