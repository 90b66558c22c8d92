// A toolbar for the text area after it, and the preview without leaving the page.
const TOOLS = [
  ["bold", "Bold", "**", "**", "bold text"],
  ["italic", "Italic", "_", "_", "italic text"],
  ["code", "Code", "`", "`", "code"],
  ["link", "Link", "[", "](https://)", "words"],
  ["quote", "Quote", "> ", "", "quoted words"],
  ["list", "List", "- ", "", "one thing"],
];

export function composer(bar) {
  const form = bar.closest("form");
  const area = form.querySelector("textarea");
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  bar.hidden = false;
  for (const [icon, label, before, after, sample] of TOOLS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-s btn-icon";
    button.setAttribute("aria-label", label);
    button.tabIndex = bar.children.length ? -1 : 0;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${sprite}#i-${icon}`);
    svg.append(use);
    button.append(svg);
    button.addEventListener("click", () => wrap(area, before, after, sample));
    bar.append(button);
  }
  // One stop for Tab, arrows within: the pattern of a toolbar.
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...bar.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  });
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      form.requestSubmit(form.querySelector("button[value=send]") ?? form.querySelector(".btn-primary"));
    }
  });
  preview(form, area);
}

function wrap(area, before, after, sample) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const inner = value.slice(start, end) || sample;
  area.focus();
  area.setRangeText(before + inner + after, start, end, "end");
  area.setSelectionRange(start + before.length, start + before.length + inner.length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function preview(form, area) {
  const target = document.querySelector("[data-preview]");
  if (!target) return;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "preview") return;
    event.preventDefault();
    delete form.dataset.sent;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, body: area.value });
    const answer = await fetch("/preview", { method: "POST", body });
    if (!answer.ok) return;
    // The server renders and cleans it as it will for all readers.
    target.innerHTML = await answer.text();
    target.hidden = false;
    target.setAttribute("aria-label", "Preview");
  });
}
