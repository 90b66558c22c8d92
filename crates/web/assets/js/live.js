// What others write appears while the page is open. The stream only says that something changed; the page is then
// asked for, so nobody is sent what they may not see.
import { announce, load } from './app.js';
import { posts } from './swap.js';

const TOPIC = ['reply.created', 'post.edited', 'post.deleted', 'post.hidden', 'post.restored', 'reaction.added',
  'reaction.removed', 'answer.accepted', 'answer.unaccepted'];
const DESK = ['signal.opened', 'signal.triaged', 'signal.assigned', 'signal.moved', 'signal.replied', 'signal.noted',
  'signal.escalated', 'signal.resolved', 'signal.undone', 'flag.created'];

const list = document.querySelector('[data-topic]');
const address = list ? `/live?topic=${list.dataset.topic}` : '/live?desk=true';
let source = null;
let timer = null;
let dropped = false;

async function refresh() {
  const { page, response } = await load(location.href, { cache: 'no-store' });
  if (!response.ok) return;
  if (!list) return deskChanged(page);
  const before = Number(list.dataset.last);
  const added = posts(page) ?? [];
  const total = Number(page.querySelector('[data-topic]')?.dataset.last ?? before);
  if (added.length) announce(added.length === 1 ? 'A new reply was added below.' : `${added.length} new replies were added below.`);
  else if (total > before) notice();
}

const notice = () => document.querySelector('[data-live]')?.removeAttribute('hidden');

/** The desk's lists move under nobody's hand: the parts are replaced unless something in them is being done. */
function deskChanged(page) {
  notice();
  for (const old of document.querySelectorAll('[data-live-desk]')) {
    const fresh = page.getElementById(old.id);
    const busy = old.contains(document.activeElement) && document.activeElement.matches('input, textarea, select');
    if (!fresh || busy || old.innerHTML === fresh.innerHTML) continue;
    const held = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    old.replaceChildren(...document.importNode(fresh, true).childNodes);
    if (held) old.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), 150);
}

function open() {
  if (source || document.visibilityState === 'hidden') return;
  source = new EventSource(address);
  for (const verb of list ? TOPIC : DESK) source.addEventListener(verb, soon);
  source.addEventListener('open', () => { if (dropped) soon(); dropped = false; });
  source.addEventListener('error', () => { dropped = true; });
}

function close() {
  source?.close();
  source = null;
  dropped = true;
}

document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? close() : open()));
addEventListener('pagehide', close);
addEventListener('pageshow', open);
open();
