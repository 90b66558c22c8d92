// Single keys, in the community and in the desk. Never while somebody types, never with Ctrl, Alt or Command; off
// for members who switched them off in their settings, and for visitors in the list itself.
import { store } from './app.js';

const desk = document.body.classList.contains('desk-page');
const THINGS = '[data-post], [data-list] > li, .item';
const PLACES = desk
  ? { t: ['/desk', 'today'], i: ['/desk/inbox', 'inbox'], m: ['/desk/metrics', 'metrics'], h: ['/', 'the community'] }
  : { h: ['/', 'home'], u: ['/unanswered', 'unanswered questions'], s: ['/spaces', 'spaces'], t: ['/tags', 'tags'], n: ['/new', 'a new topic'], ...(document.querySelector('a[href="/desk"]') ? { d: ['/desk', 'the desk'], i: ['/desk/inbox', 'the inbox'] } : {}) };
let going = 0;

const things = () => [...document.querySelectorAll(THINGS)].filter((thing) => thing.offsetParent);
const handle = (thing) => (thing.matches('a') ? thing : thing.querySelector('h2 a, h3 a, a'));

/** The thing the keyboard is at: the one that holds the focus, or the first one on screen. */
function current() {
  return document.activeElement?.closest(THINGS) ?? things().find((thing) => thing.getBoundingClientRect().bottom > 80);
}

function step(by) {
  const all = things();
  const at = all.indexOf(document.activeElement?.closest(THINGS));
  const next = at < 0 ? current() : all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next) return;
  handle(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  if (next.matches('.item[data-swap]')) next.click();
}

function press(key) {
  const target = current()?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`[data-key="${key}"]`)
    ?? (key === 'r' && document.querySelector('#reply textarea'));
  if (!target) return false;
  if (target.matches('dialog')) target.showModal();
  else if (target.matches('details')) { target.open = true; target.querySelector('input:not([type=hidden]), textarea, select, button, a')?.focus(); }
  else if (target.matches('input, textarea, select')) target.focus();
  else target.click();
  return true;
}

function row(keys, word) {
  const item = document.createElement('li');
  for (const key of keys) item.append(Object.assign(document.createElement('kbd'), { className: 'key', textContent: key }), ' ');
  item.append(Object.assign(document.createElement('span'), { textContent: word }));
  return item;
}

/** What a control is called, without its key and without words for listeners only. */
function named(act) {
  const copy = act.cloneNode(true);
  for (const part of copy.querySelectorAll('kbd, .vh, .count')) part.remove();
  return (act.getAttribute('aria-label') ?? copy.textContent).trim().replace(/\s+/g, ' ').slice(0, 32);
}

function help() {
  let box = document.getElementById('keys');
  if (!box) {
    box = Object.assign(document.createElement('dialog'), { id: 'keys', className: 'dialog' });
    box.setAttribute('aria-labelledby', 'keys-title');
    const list = Object.assign(document.createElement('ul'), { className: 'keys' });
    list.append(row(['j', 'k'], 'next, previous'), row(['Enter'], 'open'), row(['/'], 'search'), row(['?'], 'this list'));
    const acts = new Map([...document.querySelectorAll('[data-key]')].map((act) => [act.dataset.key, act]));
    for (const [key, act] of acts) list.append(row([key], act.dataset.name ?? named(act)));
    for (const [key, [, word]] of Object.entries(PLACES)) list.append(row(['g', key], word));
    box.innerHTML = '<h2 id="keys-title">Keys</h2><form method="dialog" class="toolbar"><button class="btn" value="off">Switch keys off here</button><button class="btn btn-primary">Close</button></form>';
    box.querySelector('h2').after(list);
    box.addEventListener('close', () => { if (box.returnValue === 'off') store.set('keys', 'off'); });
    document.body.append(box);
  }
  box.returnValue = '';
  box.showModal();
}

const typing = (target) => target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select');

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const { key } = event;
  if (typing(event.target)) { if (key === 'Escape') event.target.blur(); return; }
  if (document.querySelector('dialog[open]')) return;
  if (key === '?') { store.drop('keys'); event.preventDefault(); help(); return; }
  if (store.get('keys') === 'off') return;
  const place = Date.now() - going < 1500 && PLACES[key];
  going = 0;
  if (place) { event.preventDefault(); location.assign(place[0]); return; }
  if (key === 'g') { going = Date.now(); return; }
  if (key === '/') { event.preventDefault(); document.querySelector('input[type=search]')?.focus(); return; }
  if (key === 'j' || key === 'k') { event.preventDefault(); step(key === 'j' ? 1 : -1); return; }
  if (key === 'x') {
    const box = current()?.closest('.item-row')?.querySelector('input[type=checkbox]');
    if (box) { event.preventDefault(); box.checked = !box.checked; return; }
  }
  if (/^[a-z0-9]$/.test(key) && press(key)) event.preventDefault();
});
