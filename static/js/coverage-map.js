/* The coverage of one situation: the communes of our outlines, coloured by how many partners cover
   them, the number beside each name (state never by colour alone). Built by map.js as any map. */

import { PartnerMap as PointMap } from "./map-view.js";

const LEVELS = ["aucun", "un", "plusieurs"];

export class PartnerMap extends PointMap {
  /* {"communes": {INSEE code: number of partners}} */
  async load(src) {
    try {
      const answer = await fetch(src, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(`HTTP ${answer.status}`);
      const { communes } = await answer.json();
      await this.outlining;
      if (!this.outlines) throw new Error("no outlines");
      this.recentre();
      this.colour(communes);
      this.container.dataset.state = "drawn";
    } catch {
      this.say("Carte indisponible pour l'instant\u00a0: la liste reste complète.");
    }
  }

  colour(communes) {
    this.outlines.eachLayer((layer) => {
      const number = communes[layer.feature.properties.code] ?? 0;
      const level = LEVELS[Math.min(number, LEVELS.length - 1)];
      layer.getElement()?.classList.add("coverage-outline", `coverage-outline--${level}`);
    });
    for (const name of this.names.names) name.nom = `${name.nom}\u00a0${communes[name.code] ?? 0}`;
    this.names.place();
  }
}
