/* The page that waits for some work: its bar moves, and the page is read again at the end. Without
   it, a link reads the page again. */

const DELAY_MS = 1000;
const LONGEST_MS = 8000;
const SAID_EVERY = 25;

class Waiting {
  constructor(panel) {
    this.address = panel.dataset.advance;
    this.bar = panel.querySelector("progress");
    this.figure = panel.querySelector("[data-advance-figure]");
    this.said = panel.querySelector("[data-advance-said]");
    this.delay = DELAY_MS;
    this.next();
  }

  next() {
    setTimeout(() => this.ask(), this.delay);
  }

  async ask() {
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error("no answer");
      this.show(await answer.json());
      this.delay = DELAY_MS;
    } catch {
      this.delay = Math.min(2 * this.delay, LONGEST_MS);
      this.next();
    }
  }

  show({ en_cours: isWorking, avancement: figure }) {
    if (!isWorking) {
      location.reload();
      return;
    }
    this.bar.value = figure;
    this.figure.textContent = `${figure}\u00a0%`;
    const quarter = figure - (figure % SAID_EVERY);
    if (quarter && this.quarter !== quarter) this.said.textContent = `${quarter}\u00a0%`;
    this.quarter = quarter;
    this.next();
  }
}

for (const panel of document.querySelectorAll("[data-advance]")) new Waiting(panel);
