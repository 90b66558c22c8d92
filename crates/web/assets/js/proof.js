// Becoming a member: the browser shows some work, so that making accounts by the thousand costs something. It takes
// about a second and asks nothing of the person. Without it, or where the browser cannot, the form works all the same:
// the new member confirms their address before they write.

import { announce } from './app.js';

const form = document.querySelector('form[data-proof]');
const field = form?.elements.namedItem('proof');
const text = new TextEncoder();

/** True when the first `bits` bits of a digest are zero. */
function fits(digest, bits) {
  const bytes = new Uint8Array(digest);
  for (let at = 0; at < bits; at += 8) {
    const wanted = Math.min(8, bits - at);
    if (bytes[at >> 3] >> (8 - wanted) !== 0) return false;
  }
  return true;
}

/** The first number that, behind the challenge, has a digest with so many zero bits. */
async function find(challenge, bits) {
  const STEP = 512;
  for (let from = 0; ; from += STEP) {
    const numbers = Array.from({ length: STEP }, (_, step) => from + step);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest('SHA-256', text.encode(`${challenge}:${number}`))),
    );
    const found = digests.findIndex((digest) => fits(digest, bits));
    if (found >= 0) return from + found;
  }
}

if (form && field && globalThis.crypto?.subtle) {
  const challenge = form.elements.namedItem('challenge').value;
  const done = find(challenge, Number(form.dataset.proof)).then((number) => { field.value = String(number); });
  form.addEventListener('submit', (event) => {
    if (field.value !== '') return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    announce('One moment: your browser shows that you are not a flood.');
    done.finally(() => {
      if (button) button.disabled = false;
      form.requestSubmit(button ?? undefined);
    });
  });
}
