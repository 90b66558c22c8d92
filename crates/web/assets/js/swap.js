// Forms and links that change a part of the page are done in place. When anything is unusual, the browser does what
// it would have done without this file.
import { announce, load } from './app.js';

/** Replaces `old` by `fresh`, keeping the focus on the control that had it. */
function replace(old, fresh) {
  const node = document.importNode(fresh, true);
  const focused = old.contains(document.activeElement) ? describe(document.activeElement) : null;
  old.replaceWith(node);
  if (focused) (node.querySelector(focused) ?? node.querySelector('a, button, summary'))?.focus({ preventScroll: true });
  return node;
}

/** A selector that finds the same control in the new part. */
function describe(element) {
  const tag = element.localName;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `${tag}[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  const key = element.dataset.key;
  if (key) return `${tag}[data-key="${CSS.escape(key)}"]`;
  const action = element.getAttribute('formaction');
  if (action) return `${tag}[formaction="${CSS.escape(action)}"]`;
  const form = element.closest('form');
  return form ? `form[action="${CSS.escape(form.getAttribute('action'))}"] ${tag}` : tag;
}

/** Shows what the answer says happened, with its Undo. */
export function flash(page) {
  document.querySelector('.flash')?.remove();
  const said = page.querySelector('.flash');
  if (!said) return;
  document.querySelector('main').before(document.importNode(said, true));
  announce(said.firstElementChild?.textContent ?? '');
}

/** Says that something did not work. */
function say(text) {
  document.querySelector('.flash')?.remove();
  const box = Object.assign(document.createElement('div'), { className: 'flash' });
  box.dataset.tone = 'alarm';
  box.setAttribute('role', 'alert');
  box.append(Object.assign(document.createElement('span'), { textContent: text }));
  document.querySelector('main').before(box);
  box.scrollIntoView({ block: 'nearest' });
}

/** Brings the posts of this page up to date with `page`; posts that are new to it are added at the end. A post whose
 *  menu is open is left alone, unless it is the one acted on. */
export function posts(page, acted) {
  const list = document.querySelector('[data-topic]');
  const fresh = page.querySelector('[data-topic]');
  if (!list || list.dataset.topic !== fresh?.dataset.topic) return null;
  const added = [];
  let last = Math.max(0, ...[...list.querySelectorAll('[data-post]')].map((post) => Number(post.id.slice(1))));
  for (const post of fresh.querySelectorAll('[data-post]')) {
    const old = document.getElementById(post.id);
    const number = Number(post.id.slice(1));
    if (old) {
      const busy = old !== acted && old.querySelector('details[open]');
      if (!busy && old.outerHTML !== post.outerHTML) replace(old, post);
    } else if (number === last + 1) {
      list.append(document.importNode(post, true));
      added.push(number);
      last = number;
    }
  }
  list.dataset.last = fresh.dataset.last;
  for (const part of ['.topic-sub', '.rail']) {
    const [old, now] = [document.querySelector(part), page.querySelector(part)];
    if (old && now && !old.contains(document.activeElement)) old.replaceWith(document.importNode(now, true));
  }
  return added;
}

/** Parts named by `data-swap="#one #two"`, taken from `page`. False when one is missing. */
function parts(names, page) {
  const pairs = names.split(' ').map((name) => [document.querySelector(name), page.querySelector(name)]);
  if (pairs.some(([old, fresh]) => !old || !fresh)) return false;
  for (const [old, fresh] of pairs) replace(old, fresh);
  return true;
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const post = (button ?? form).closest('[data-post]');
  const { page, response } = await load(button?.getAttribute('formaction') ?? form.action, { method: 'POST', body, headers: { 'x-fragment': 'yes' } });
  const elsewhere = new URL(response.url).pathname !== location.pathname;
  const done = response.ok && (form.dataset.swap ? parts(form.dataset.swap, page) : !elsewhere && posts(page, post));
  if (done) return flash(page);
  if (!response.ok) {
    return say(page.querySelector('main .lede, main [role="alert"]')?.textContent ?? 'That did not work.');
  }
  location.assign(response.url);
}

document.addEventListener('submit', async (event) => {
  const [form, button] = [event.target, event.submitter];
  const post = (button ?? form).closest('[data-post]');
  const inPlace = form.method === 'post' && (form.dataset.swap || (post && !form.querySelector('textarea')));
  if (!inPlace || event.defaultPrevented) return;
  event.preventDefault();
  const pressed = button ?? form;
  if (pressed.dataset.sent) return;
  pressed.dataset.sent = 'yes';
  button?.setAttribute('aria-busy', 'true');
  try {
    await send(form, button);
  } catch {
    say('It could not be sent: the connection failed. Try again in a moment.');
  } finally {
    delete pressed.dataset.sent;
    button?.removeAttribute('aria-busy');
  }
});

/** Links with `data-swap` change a part of the page and the address. */
async function follow(link, push) {
  const { page, response } = await load(link.href);
  if (!response.ok || !parts(link.dataset.swap, page)) { location.assign(link.href); return; }
  if (push) history.pushState({ swap: link.dataset.swap }, '', response.url);
  document.title = page.title;
  flash(page);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-swap]');
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  follow(link, true).catch(() => location.assign(link.href));
});
addEventListener('popstate', (event) => { if (event.state?.swap || document.querySelector('a[data-swap]')) location.reload(); });
