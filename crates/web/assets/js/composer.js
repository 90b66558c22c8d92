// The form to write with: formatting by button and by key, preview beside it, quotes of what is selected, and
// sending without leaving the page.
import { announce, load } from './app.js';
import { flash, posts } from './swap.js';
import { sent } from './draft.js';

const ICONS = new URL('icons.svg', import.meta.url).href;
const ACTS = [
  ['bold', 'Bold', 'b', (area) => around(area, '**', '**')],
  ['italic', 'Italic', 'i', (area) => around(area, '*', '*')],
  ['link', 'Link', 'k', (area) => around(area, '[', '](https://)')],
  ['code', 'Code', 'e', (area) => (chosen(area).includes('\n') ? around(area, '```\n', '\n```') : around(area, '`', '`'))],
  ['quote', 'Quote', null, (area) => before(area, '> ')],
  ['list', 'List', null, (area) => before(area, '- ')],
];
const chosen = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

/** Writes so that the browser's own undo takes it back. */
export function write(area, text) {
  area.focus();
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function around(area, open, close) {
  const [from, text] = [area.selectionStart, chosen(area)];
  write(area, open + text + close);
  area.setSelectionRange(from + open.length, from + open.length + text.length);
}

function before(area, mark) {
  const start = area.value.lastIndexOf('\n', area.selectionStart - 1) + 1;
  area.setSelectionRange(start, area.selectionEnd);
  write(area, chosen(area).split('\n').map((line) => mark + line).join('\n'));
}

function toolbar(bar, area) {
  for (const [icon, word, key, act] of ACTS) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-quiet btn-s btn-icon';
    button.title = key ? `${word} (Ctrl+${key.toUpperCase()})` : word;
    button.setAttribute('aria-label', word);
    button.tabIndex = -1;
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${ICONS}#i-${icon}"/></svg>`;
    button.addEventListener('click', () => act(area));
    bar.append(button);
  }
  const buttons = [...bar.children];
  buttons[0].tabIndex = 0;
  bar.setAttribute('aria-controls', area.id);
  bar.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    const next = buttons[(to + buttons.length) % buttons.length];
    next.tabIndex = 0;
    next.focus();
  });
  bar.hidden = false;
}

function keys(form, area) {
  area.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === 'Enter') { event.preventDefault(); form.requestSubmit(form.querySelector('.btn-primary')); return; }
    const act = ACTS.find(([, , key]) => key && key === event.key.toLowerCase());
    if (act && !event.shiftKey) { event.preventDefault(); act[3](area); }
  });
}

async function preview(form, area) {
  const box = document.querySelector('[data-preview]');
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, body: area.value });
  const response = await fetch('/preview', { method: 'POST', body, credentials: 'same-origin' });
  if (!response.ok) throw new Error('no preview');
  box.innerHTML = await response.text();
  box.hidden = false;
  announce('Preview shown below.');
}

/** Sends a reply and puts it under the others. The text is kept until the server says it has it. */
async function reply(form, area, button) {
  const body = new URLSearchParams(new FormData(form, button));
  button.setAttribute('aria-busy', 'true');
  try {
    const { page, response } = await load(form.action, { method: 'POST', body, headers: { 'x-fragment': 'yes' } });
    if (!response.ok) return complain(form, area, page.querySelector('#reply [role="alert"], main .lede')?.textContent);
    posts(page);
    sent(form);
    const post = document.getElementById([...page.querySelectorAll('[data-post]')].at(-1)?.id);
    if (!post) return location.assign(response.url);
    const fresh = page.querySelector('#reply');
    form.elements.token.value = fresh.elements.token.value;
    area.value = '';
    aim(form, '');
    form.querySelector('.form-error')?.remove();
    document.querySelector('[data-preview]').hidden = true;
    flash(page);
    post.scrollIntoView({ block: 'center' });
    announce('Your reply is there.');
  } catch {
    complain(form, area, 'It could not be sent: the connection failed. Your text is kept here; send it again in a moment.');
  } finally {
    button.removeAttribute('aria-busy');
    delete form.dataset.sent;
  }
}

function complain(form, area, text) {
  form.querySelector('.form-error')?.remove();
  const note = Object.assign(document.createElement('p'), { id: 'e-body', className: 'form-error', textContent: text ?? 'That did not work. Your text is kept.' });
  note.setAttribute('role', 'alert');
  area.before(note);
  area.setAttribute('aria-describedby', 'e-body');
  area.focus();
}

/** Says which post is answered. */
function aim(form, number) {
  let field = form.elements.reply_to;
  if (!field) {
    field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'reply_to' });
    form.append(field);
  }
  field.value = number;
  form.querySelector('label.vh').textContent = number ? `Reply to post ${number}` : 'Your reply';
  const says = form.querySelector('[data-aim]') ?? form.querySelector('.composer-foot > span');
  says.firstChild.textContent = number ? `In reply to post ${number}. ` : '';
  const away = says.querySelector('[data-aim-away]');
  if (away && !number) away.remove();
}

/** What is selected inside `post`, as a quote of it; empty when nothing is. */
function selection(post) {
  const chosen = getSelection();
  const prose = post.querySelector('[data-prose]');
  if (chosen.isCollapsed || !prose?.contains(chosen.anchorNode) || !prose.contains(chosen.focusNode)) return '';
  const author = post.querySelector('h2 a')?.textContent ?? '';
  const link = post.querySelector('.house').getAttribute('href');
  return `> [${author} wrote](${link}):\n${chosen.toString().trim().split('\n').map((line) => `> ${line}`).join('\n')}\n\n`;
}

function answering(form, area) {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-post] button[data-key="r"], [data-post] button[data-key="q"], button[data-aim-away]');
    if (!link || event.button || event.ctrlKey || event.metaKey) return;
    if (link.hasAttribute('data-aim-away')) { event.preventDefault(); aim(form, ''); area.focus(); return; }
    const post = link.closest('[data-post]');
    const quote = link.dataset.key === 'q' ? selection(post) : '';
    if (link.dataset.key === 'q' && !quote) return;
    event.preventDefault();
    aim(form, post.id.slice(1));
    if (quote) { area.setSelectionRange(area.value.length, area.value.length); write(area, (area.value ? '\n' : '') + quote); }
    area.focus();
    form.scrollIntoView({ block: 'center' });
  });
}

for (const bar of document.querySelectorAll('[data-toolbar]')) {
  const form = bar.closest('form');
  const area = form.querySelector('textarea');
  toolbar(bar, area);
  keys(form, area);
  if (form.id === 'reply') answering(form, area);
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (button?.value === 'preview' && document.querySelector('[data-preview]')) {
      event.preventDefault();
      preview(form, area).catch(() => complain(form, area, 'The preview could not be made. Your text is kept.'));
    } else if (form.id === 'reply' && !event.defaultPrevented && (!button || button.value === 'send')) {
      event.preventDefault();
      if (form.dataset.sent) return;
      form.dataset.sent = 'yes';
      reply(form, area, button ?? form.querySelector('.btn-primary'));
    }
  });
}
