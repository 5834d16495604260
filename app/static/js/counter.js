// Says how many characters are left, counted as the server counts them: a newline is one, an emoji's parts are one each.
const PAUSE = 700;

for (const field of document.querySelectorAll("textarea[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const shown = document.createElement("p");
  shown.className = "k-counter";
  shown.setAttribute("aria-hidden", "true");
  const spoken = document.createElement("p");
  spoken.className = "k-unseen";
  spoken.setAttribute("role", "status");
  field.after(shown, spoken);
  let pause = 0;

  const count = () => {
    const left = limit - [...field.value.trim()].length;
    const words = (left < 0 ? field.dataset.over : field.dataset.left).replace("{n}", Math.abs(left).toLocaleString());
    shown.textContent = words;
    shown.toggleAttribute("data-over", left < 0);
    return left < limit / 10 ? words : "";
  };
  field.addEventListener("input", () => {
    const words = count();
    clearTimeout(pause);
    pause = setTimeout(() => { spoken.textContent = words; }, PAUSE);
  });
  count();
}
