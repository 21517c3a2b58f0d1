/* « Copier » copies a number and says so in place. */

const SHOWN_MS = 2000;
const timers = new WeakMap();

function select(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

/* Over plain HTTP browsers give no clipboard: select the number, try the old command. */
function copyBySelection(button) {
  const number = button.closest(".phone")?.querySelector(".phone-number");
  if (!number) return false;
  select(number);
  return document.execCommand("copy");
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    return true;
  } catch {
    return copyBySelection(button);
  }
}

function confirm(button, text) {
  const label = button.querySelector("[data-copy-label]");
  button.dataset.label ??= label.textContent;
  label.textContent = text;
  button.classList.add("is-copied");
  clearTimeout(timers.get(button));
  const restore = () => {
    label.textContent = button.dataset.label;
    button.classList.remove("is-copied");
  };
  timers.set(button, setTimeout(restore, SHOWN_MS));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const isCopied = await copy(button);
  confirm(button, isCopied ? "Copié" : "Ctrl\u00a0+\u00a0C");
  const status = document.getElementById("annonce");
  if (status) {
    status.textContent = isCopied
      ? `Copié\u00a0: ${button.dataset.copy}`
      : "Numéro sélectionné\u00a0: Ctrl\u00a0+\u00a0C pour le copier.";
  }
});
