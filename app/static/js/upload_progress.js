// Sends a form with files while saying how far it is; without this the form sends itself and the browser shows its own sign.
for (const place of document.querySelectorAll("[data-upload]")) {
  const form = place.closest("form");
  const bar = place.querySelector("progress");
  const words = place.querySelector("[role=status]");
  const button = form.querySelector("button");

  const say = (text) => { place.hidden = false; words.textContent = text; };
  const end = (texts) => { bar.hidden = true; button.disabled = false; say(texts.join(" ")); };

  form.addEventListener("submit", (event) => {
    const files = [...form.querySelector("input[type=file]").files];
    if (!files.length) return;
    event.preventDefault();
    if (files.some((file) => file.size > Number(place.dataset.largest))) return end([place.dataset.tooLarge]);
    button.disabled = true;
    bar.hidden = false;
    say(place.dataset.sending);

    const sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.setRequestHeader("Accept", "application/json");
    sending.responseType = "json";
    sending.upload.addEventListener("progress", (sent) => { if (sent.lengthComputable) bar.value = sent.loaded / sent.total; });
    sending.upload.addEventListener("load", () => { bar.removeAttribute("value"); say(place.dataset.checking); });
    sending.addEventListener("load", () => {
      if (sending.response?.next) location.assign(sending.response.next);
      else if (sending.response?.refused) end(sending.response.refused);
      else location.reload();
    });
    sending.addEventListener("error", () => end([place.dataset.broken]));
    sending.send(new FormData(form));
  });
}
