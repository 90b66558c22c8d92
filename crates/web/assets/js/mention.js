// After an @ and a letter, people are offered while one goes on typing. A listbox that the textarea controls: arrows
// choose, Enter and Tab take, Escape closes. Without this file, one types the name.
import { announce } from './app.js';
import { write } from './composer.js';

const WORD = /(?:^|[\s(>*_])@([\p{L}\p{N}][\p{L}\p{N}._-]{0,39})$/u;
const PAUSE = 120;
let lists = 0;

/** Where the caret stands in `area`, measured by a copy of it. */
function caret(area, at) {
  const copy = document.createElement('div');
  const style = getComputedStyle(area);
  for (const name of ['font', 'padding', 'border', 'letterSpacing', 'boxSizing']) copy.style[name] = style[name];
  Object.assign(copy.style, { position: 'absolute', visibility: 'hidden', whiteSpace: 'pre-wrap', overflowWrap: 'break-word', width: `${area.clientWidth}px` });
  copy.textContent = area.value.slice(0, at);
  const mark = document.createElement('span');
  mark.textContent = '@';
  copy.append(mark);
  area.after(copy);
  const place = { left: mark.offsetLeft, top: mark.offsetTop + mark.offsetHeight - area.scrollTop };
  copy.remove();
  return place;
}

function completing(area) {
  const box = Object.assign(document.createElement('ul'), { id: `mentions-${lists += 1}`, className: 'mentions', hidden: true });
  box.setAttribute('role', 'listbox');
  box.setAttribute('aria-label', 'People to mention');
  area.after(box);
  area.parentElement.classList.add('has-mentions');
  area.setAttribute('aria-autocomplete', 'list');
  area.setAttribute('aria-controls', box.id);
  let [timer, asked, at, chosen] = [null, 0, -1, -1];

  const close = () => {
    clearTimeout(timer);
    asked += 1;
    box.hidden = true;
    box.replaceChildren();
    chosen = -1;
    area.removeAttribute('aria-activedescendant');
  };
  const choose = (to) => {
    const rows = [...box.children];
    chosen = (to + rows.length) % rows.length;
    rows.forEach((row, place) => row.setAttribute('aria-selected', String(place === chosen)));
    area.setAttribute('aria-activedescendant', rows[chosen].id);
    rows[chosen].scrollIntoView({ block: 'nearest' });
  };
  const take = (row) => {
    area.setSelectionRange(at, area.selectionStart);
    write(area, `@${row.dataset.handle} `);
    close();
  };
  const show = (people) => {
    box.replaceChildren(...people.map((person, place) => {
      const row = Object.assign(document.createElement('li'), { id: `${box.id}-${place}` });
      row.setAttribute('role', 'option');
      row.dataset.handle = person.handle;
      row.append(Object.assign(document.createElement('b'), { textContent: `@${person.handle}` }));
      if (person.name !== person.handle) row.append(` ${person.name}`);
      row.addEventListener('pointerdown', (event) => { event.preventDefault(); take(row); });
      return row;
    }));
    const place = caret(area, at);
    box.style.top = `${area.offsetTop + Math.min(place.top, area.clientHeight) + 4}px`;
    box.style.left = `${area.offsetLeft}px`;
    box.hidden = false;
    box.style.left = `${area.offsetLeft + Math.max(0, Math.min(place.left, area.clientWidth - box.offsetWidth))}px`;
    choose(0);
    announce(people.length === 1 ? `${people[0].name}. Enter takes it.` : `${people.length} people. Arrow keys choose, Enter takes.`);
  };
  const ask = async (word) => {
    const mine = asked += 1;
    try {
      const answer = await fetch(`/mentions?q=${encodeURIComponent(word)}`, { credentials: 'same-origin' });
      const people = answer.ok ? await answer.json() : [];
      if (mine !== asked) return;
      if (people.length && document.activeElement === area) show(people); else close();
    } catch { close(); }
  };

  area.addEventListener('input', (event) => {
    clearTimeout(timer);
    const found = event.isComposing || area.selectionStart !== area.selectionEnd ? null : WORD.exec(area.value.slice(0, area.selectionStart));
    if (!found) { if (!box.hidden || timer) close(); return; }
    at = area.selectionStart - found[1].length - 1;
    timer = setTimeout(() => ask(found[1]), PAUSE);
  });
  area.addEventListener('keydown', (event) => {
    if (box.hidden || event.isComposing) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const act = plain && {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen - 1),
      Enter: () => take(box.children[chosen]),
      Tab: () => take(box.children[chosen]),
      Escape: close,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  area.addEventListener('blur', close);
  area.addEventListener('click', close);
}

for (const area of document.querySelectorAll('form.composer textarea')) completing(area);
