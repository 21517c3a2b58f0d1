/* Buttons of the map. */

const L = window.L;

/* « Recentrer »: back to the frame of the results. */
export function recentreControl(onClick, icons) {
  const Control = L.Control.extend({
    onAdd() {
      const bar = L.DomUtil.create("div", "leaflet-bar");
      const button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.title = "Recentrer";
      button.setAttribute("aria-label", "Recentrer la carte");
      button.innerHTML = icons
        ? `<svg class="icon" aria-hidden="true"><use href="${icons}#icon-locate-fixed"></use></svg>`
        : "◎";
      L.DomEvent.disableClickPropagation(bar);
      button.addEventListener("click", onClick);
      return bar;
    },
  });
  return new Control({ position: "topleft" });
}

/* « Chercher dans cette zone »: a link, since it leads to another list. `aim(bounds)` says where. */
export function searchHereControl(address) {
  const Control = L.Control.extend({
    onAdd() {
      this.link = L.DomUtil.create("a", "button map-here");
      this.link.textContent = "Chercher dans cette zone";
      L.DomEvent.disableClickPropagation(this.link);
      return this.link;
    },
    aim(bounds) {
      const target = new URL(address, location.href);
      target.searchParams.set("bbox", insideText(bounds));
      this.link.href = target.pathname + target.search;
    },
  });
  return new Control({ position: "topright" });
}

/* « west,south,east,north », rounded inwards so that the same map shows it at the same zoom. */
function insideText(bounds) {
  const up = (degrees) => Math.ceil(degrees * 1e4) / 1e4;
  const down = (degrees) => Math.floor(degrees * 1e4) / 1e4;
  const least = [Math.max(up(bounds.getWest()), -180), Math.max(up(bounds.getSouth()), -90)];
  const most = [Math.min(down(bounds.getEast()), 180), Math.min(down(bounds.getNorth()), 90)];
  return [...least, ...most].join();
}
