// What is written is kept on this device until it is sent, and comes back after an accident.
import { store } from './app.js';

const DAYS = 30;
const clock = () => new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const owner = document.body.dataset.user ?? '';
const name = (form) => `draft ${owner} ${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter((field) => field.matches('textarea, input[type=text], input:not([type])'));

function save(form) {
  const text = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  const status = form.querySelector('[data-draft-status]');
  if (!form.querySelector('textarea').value.trim()) { store.drop(name(form)); if (status) status.textContent = ''; return; }
  store.set(name(form), JSON.stringify({ at: Date.now(), clock: clock(), text }));
  if (status) status.textContent = `Draft saved ${clock()}`;
}

function restore(form) {
  const kept = JSON.parse(store.get(name(form)) ?? 'null');
  const area = form.querySelector('textarea');
  if (!kept || Date.now() - kept.at > DAYS * 864e5) return store.drop(name(form));
  if (area.value.trim()) return;
  for (const field of fields(form)) if (kept.text[field.name] && !field.value) field.value = kept.text[field.name];
  const note = Object.assign(document.createElement('p'), { className: 'note wrap draft-note' });
  note.append(`Your draft of ${kept.clock} is back. `);
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-s', textContent: 'Throw it away' });
  button.addEventListener('click', () => {
    for (const field of fields(form)) field.value = field.defaultValue;
    store.drop(name(form));
    note.remove();
    area.focus();
  });
  note.append(button);
  area.before(note);
}

/** The text was taken: nothing is left to keep. */
export function sent(form) {
  store.drop(name(form));
  form.querySelector('.draft-note')?.remove();
  const status = form.querySelector('[data-draft-status]');
  if (status) status.textContent = '';
}

/** A page that came after sending says by its address that it worked: the form is not on it with the text. */
function settle() {
  const key = sessionStorage.getItem('sending');
  sessionStorage.removeItem('sending');
  if (!key) return;
  const again = [...document.querySelectorAll('form[data-draft]')].some((form) => name(form) === key && form.querySelector('textarea').value.trim());
  if (!again) store.drop(key);
}

export function keep(form) {
  let timer;
  const now = () => { clearTimeout(timer); save(form); };
  restore(form);
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(now, 1000); });
  form.addEventListener('focusout', () => { if (timer) now(); timer = null; });
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    // Buttons beside the composer bring its text along; only throwing a draft away ends it.
    if (button?.value === 'preview' || (button?.hasAttribute('formaction') && button.value !== 'drop')) return now();
    clearTimeout(timer);
    try { sessionStorage.setItem('sending', name(form)); } catch { /* the draft is offered again, no harm */ }
  });
}

try { settle(); } catch { /* no storage for this page */ }
for (const form of document.querySelectorAll('form[data-draft]')) keep(form);
