// While a title is typed: topics that may answer it already.

const box = document.querySelector('[data-similar]');
const title = document.querySelector('#f-title');
const button = document.querySelector('[data-similar-button]');
let waiting = 0;
let asked = '';
let turn = 0;

async function look() {
  const text = title.value.trim().slice(0, 200);
  if (text === asked) return;
  asked = text;
  turn += 1;
  const mine = turn;
  if (text.length < 8) { box.replaceChildren(); return; }
  const response = await fetch(`/new/similar?title=${encodeURIComponent(text)}`, { credentials: 'same-origin' });
  if (!response.ok) return;
  const html = await response.text();
  // What was typed since has its own answer on the way.
  if (mine === turn) box.innerHTML = html;
}

const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { look().catch(() => { /* it helps, it is not needed */ }); }, 450);
};

button.hidden = true;
title.addEventListener('input', soon);
if (title.value && !box.childElementCount) soon();
