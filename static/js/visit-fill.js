/* Parts of the page (<template data-part>) filled with facts; what has nothing to say leaves. */

export function part(name) {
  return document.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);
}

/* The element, with its text (in its <span>, beside an icon); removed when there is none. */
export function put(root, selector, text) {
  const found = root.querySelector(selector);
  if (!text) found.remove();
  else (found.querySelector(":scope > span:not(.visually-hidden)") ?? found).textContent = text;
  return found;
}

/* The element, or null once removed. */
export function keepIf(root, selector, isTrue) {
  const found = root.querySelector(selector);
  if (isTrue) return found;
  found.remove();
  return null;
}

export function items(list, texts) {
  list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

/* A <dl> of [term, text], those without text left out. */
export function terms(list, pairs) {
  for (const [term, text] of pairs) {
    if (!text) continue;
    list.append(
      Object.assign(document.createElement("dt"), { textContent: term }),
      Object.assign(document.createElement("dd"), { textContent: text }),
    );
  }
}

export function link(found, href, text) {
  found.href = href;
  if (text) found.textContent = text;
}

export function button(text, onClick, facts = {}) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "filter", textContent: text });
  Object.assign(made, facts);
  made.addEventListener("click", onClick);
  const item = document.createElement("li");
  item.append(made);
  return item;
}

export const many = (count) => (count > 1 ? "s" : "");

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
