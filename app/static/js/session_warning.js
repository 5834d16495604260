// Shows the prepared warning three minutes before the session ends, so that nobody loses what they are writing.
const AHEAD = 3 * 60 * 1000;

for (const warning of document.querySelectorAll("[data-session-ends]")) {
  const wait = Date.parse(warning.dataset.sessionEnds) - AHEAD - Date.now();
  setTimeout(() => { warning.hidden = false; }, Math.max(wait, 0));
}
