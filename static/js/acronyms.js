/* What an acronym stands for, beside it: under the mouse, by keyboard, and at the first touch (the
   second one follows the link). Without it, the link leads to the glossary and has a title. */

let bubble, shown;

function show(link) {
  if (shown === link) return;
  hide();
  shown = link;
  if (!bubble) {
    bubble = Object.assign(document.createElement("span"), { id: "sigle", className: "acronym-words" });
    bubble.setAttribute("role", "tooltip");
    link.closest("main, body").append(bubble);
  }
  // The title would say it twice, and later.
  bubble.textContent = link.dataset.words ??= link.title;
  link.removeAttribute("title");
  link.setAttribute("aria-describedby", bubble.id);
  bubble.hidden = false;
  const { left, bottom, top } = link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = bubble;
  const origin = (bubble.offsetParent ?? document.body).getBoundingClientRect();
  const room = document.documentElement.clientWidth - width - 8;
  const below = bottom + height + 8 < innerHeight;
  bubble.style.left = `${Math.max(8, Math.min(left, room)) - origin.left}px`;
  bubble.style.top = `${(below ? bottom + 2 : top - height - 2) - origin.top}px`;
}

function hide() {
  if (!shown) return;
  shown.removeAttribute("aria-describedby");
  shown.title = shown.dataset.words;
  shown = null;
  bubble.hidden = true;
}

const linkOf = (node) => node?.closest?.("a.acronym");

addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse") return;
  const link = linkOf(target);
  if (link) show(link);
  else if (target !== bubble && !linkOf(document.activeElement)) hide();
});
addEventListener("focusin", ({ target }) => (linkOf(target)?.matches(":focus-visible") ? show(target) : hide()));
addEventListener("keydown", ({ key }) => {
  if (key === "Escape") hide();
});
addEventListener("click", (event) => {
  const link = linkOf(event.target);
  if (!link) return hide();
  if (event.pointerType !== "touch" || shown === link) return;
  event.preventDefault();
  show(link);
});
