// Single keys, for those who left them on in their settings. Never while typing.
const GO = { h: "/", n: "/new", u: "/unanswered", s: "/spaces", d: "/desk", i: "/desk/inbox", m: "/desk/metrics" };
let current = -1;
let waiting = false;

export function shortcuts(on) {
  if (!on) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (waiting) {
      waiting = false;
      if (GO[event.key]) { event.preventDefault(); location.href = GO[event.key]; }
      return;
    }
    if (press(event.key)) event.preventDefault();
  });
}

function press(key) {
  switch (key) {
    case "g": waiting = true; setTimeout(() => { waiting = false; }, 1200); return true;
    case "/": return focus(document.querySelector("[role=search] input"));
    case "?": return help();
    case "j": return move(1);
    case "k": return move(-1);
    default: return act(key);
  }
}

function stops() {
  const inbox = document.querySelectorAll(".pane-list .item");
  return [...(inbox.length ? inbox : document.querySelectorAll("[data-post], [data-list] .row"))];
}

function move(step) {
  const all = stops();
  if (!all.length) return false;
  const chosen = all.findIndex((item) => item.hasAttribute("aria-current"));
  if (current < 0 && chosen >= 0) current = chosen;
  current = Math.max(0, Math.min(all.length - 1, current + step));
  const item = all[current];
  const link = item.matches("a") ? item : item.querySelector(".row-title a, .house");
  link?.focus();
  item.scrollIntoView({ block: "nearest" });
  return true;
}

// A key of the page: the thing marked with data-key, first in the chosen post, else anywhere.
function act(key) {
  if (!/^[a-zA-Z0-9]$/.test(key)) return false;
  const within = stops()[current];
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const found = within?.querySelector(wanted) ?? document.querySelector(wanted);
  if (!found) return false;
  if (found.matches("dialog")) { found.showModal(); return true; }
  if (found.matches("details")) { found.open = true; return focus(found.querySelector("input, textarea, select, button")); }
  if (found.matches("input, textarea, select")) return focus(found);
  found.click();
  return true;
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}

function help() {
  let dialog = document.getElementById("keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys";
    dialog.className = "dialog";
    const title = document.createElement("h2");
    title.textContent = "Keys";
    const list = document.createElement("ul");
    list.className = "keys";
    const rows = [["j / k", "next, previous"], ["/", "search"], ["g h", "home"], ["g n", "new topic"], ["g u", "unanswered"], ["?", "this list"]];
    if (document.querySelector('a[href="/desk"]') || document.body.classList.contains("desk")) rows.push(["g d", "desk"], ["g i", "inbox"], ["g m", "metrics"]);
    for (const item of document.querySelectorAll("[data-key]")) {
      const name = (item.dataset.name ?? item.textContent).trim().replace(/\s+/g, " ").slice(0, 28);
      if (!rows.some(([key]) => key === item.dataset.key)) rows.push([item.dataset.key, name]);
    }
    for (const [key, name] of rows) {
      const line = document.createElement("li");
      const mark = document.createElement("kbd");
      mark.className = "key";
      mark.textContent = key;
      line.append(mark, " " + name);
      list.append(line);
    }
    const close = document.createElement("form");
    close.method = "dialog";
    close.className = "toolbar";
    const button = document.createElement("button");
    button.className = "btn";
    button.textContent = "Close";
    close.append(button);
    dialog.append(title, list, close);
    document.body.append(dialog);
  }
  dialog.showModal();
  return true;
}
