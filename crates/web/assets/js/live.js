// Tells a reader that something new was written, without moving what they read.
export function live() {
  const posts = document.querySelector("[data-topic]");
  const desk = document.body.dataset.live === "desk";
  if (!posts && !desk) return;
  const source = new EventSource(desk ? "/live?desk=true" : `/live?topic=${posts.dataset.topic}`);
  const notice = document.querySelector("[data-live]");
  const show = () => { if (notice) notice.hidden = false; };
  const events = desk ? ["signal.opened", "signal.assigned", "signal.moved", "flag.created"] : ["reply.created"];
  for (const name of events) source.addEventListener(name, show);
  addEventListener("pagehide", () => source.close());
}
