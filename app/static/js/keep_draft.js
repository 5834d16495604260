// Keeps what was begun when the page is left without sending; the button beside it does the same without this.
for (const place of document.querySelectorAll("[data-draft]")) {
  const form = place.closest("form");
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(place.dataset.draft, new FormData(form));
    changed = false;
  });
}
