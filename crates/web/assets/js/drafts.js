// What somebody types survives a closed tab: kept in this browser until the form is sent.
export function drafts(form) {
  const area = form.querySelector("textarea");
  const status = form.querySelector("[data-draft-status]");
  if (!area) return;
  const key = "draft:" + form.dataset.draft;
  const read = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const write = (text) => { try { text ? localStorage.setItem(key, text) : localStorage.removeItem(key); } catch { /* private window */ } };
  const kept = read();
  if (kept && !area.value.trim()) {
    area.value = kept;
    if (status) status.textContent = "Draft restored.";
  }
  let timer;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      write(area.value.trim() ? area.value : "");
      const now = new Date();
      if (status) status.textContent = `Draft saved ${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
    }, 800);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (event.submitter?.value !== "preview") write("");
  });
}
