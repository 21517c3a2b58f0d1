/* What a point says: each partner who stands there, read from its card when it is on the page,
   fetched otherwise. */

const MOST = 50;

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export function cardOf(id) {
  return document.querySelector(`#resultats [data-card="${Number(id)}"]`);
}

export function cardName(card) {
  return card.querySelector(".card-name a, .helpline-name a, :scope > p a")?.textContent.trim() ?? "";
}

function entryOfCard(card, onCard) {
  const id = Number(card.dataset.card);
  const entry = element("li", {}, element("strong", { textContent: cardName(card) }));
  entry.dataset.entry = id;
  const phone = card.querySelector("a.phone-number");
  if (phone) {
    const { href, textContent } = phone;
    entry.append(element("p", {}, element("a", { className: "phone-number", href, textContent })));
  }
  const verdict = card.querySelector(".verdict span")?.textContent;
  if (verdict) entry.append(element("p", { textContent: verdict }));
  const link = element("a", { href: `#${card.id}`, textContent: "Voir dans la liste" });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    onCard(id);
  });
  entry.append(element("p", {}, link));
  return entry;
}

async function fetchEntries(ids, { popup, src }) {
  const address = new URL(popup, location.href);
  address.search = new URL(src, location.href).search;
  for (const id of ids) address.searchParams.append("fiche", id);
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) throw new Error(`HTTP ${answer.status}`);
  const fragment = document.createElement("template");
  fragment.innerHTML = await answer.text();
  return fragment.content.querySelectorAll("[data-entry]");
}

async function complete(list, ids, dataset) {
  const waiting = element("li", { className: "quiet", textContent: "Chargement…" });
  list.append(waiting);
  try {
    waiting.replaceWith(...(await fetchEntries(ids, dataset)));
  } catch {
    waiting.textContent = "Détails indisponibles pour l'instant.";
  }
}

/* {list: the element to show at once, ready: a promise once it is whole}. */
export function popupList(ids, dataset, onCard) {
  const list = element("ul", { className: "popup-list" });
  const away = ids.filter((id) => !cardOf(id));
  list.append(...ids.map(cardOf).filter(Boolean).map((card) => entryOfCard(card, onCard)));
  const more = element("li", { className: "quiet", textContent: `et ${away.length - MOST} autres, dans la liste` });
  const ready = (away.length ? complete(list, away.slice(0, MOST), dataset) : Promise.resolve()).then(() => {
    if (away.length > MOST) list.append(more);
  });
  return { list, ready };
}
