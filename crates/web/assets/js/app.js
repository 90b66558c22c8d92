// Loaded by every page. Everything works without it; it makes things quicker.
import { drafts } from "./drafts.js";
import { composer } from "./composer.js";
import { shortcuts } from "./shortcuts.js";
import { live } from "./live.js";

for (const form of document.querySelectorAll("form[data-draft]")) drafts(form);
for (const bar of document.querySelectorAll("[data-toolbar]")) composer(bar);
shortcuts(document.body.dataset.shortcuts === "on");
live();

// A form is sent once: a second press while it is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Coming back through history: forms can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// One open menu at a time; Escape closes it and gives the focus back.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.more") || !event.target.open) return;
  for (const other of document.querySelectorAll("details.more[open]")) if (other !== event.target) other.open = false;
}, true);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.more[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
