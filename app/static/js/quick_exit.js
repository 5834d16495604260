// Leaves at once and takes this page out of the way back. There is no Escape key short cut on purpose:
// Japanese input methods use that key, and a person would lose what they were writing.
for (const link of document.querySelectorAll("[data-quick-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.body.hidden = true;
    document.title = " ";
    location.replace(link.href);
  });
}
