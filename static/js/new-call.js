/* « Nouvel appel »: nothing of one call slips into the next, in this tab either. */

document.querySelector("form[data-new-call]")?.addEventListener("submit", () => {
  try {
    sessionStorage.clear();
    localStorage.removeItem("feuille"); // the tray (tray.js)
  } catch {
    // No storage, so nothing to forget.
  }
  for (const form of document.forms) form.reset();
});
