/* « Nouvel appel »: nothing of one call slips into the next, in this tab either. */

document.querySelector("form[data-new-call]")?.addEventListener("submit", () => {
  try {
    sessionStorage.clear();
  } catch {
    // No storage, so nothing to forget.
  }
  for (const form of document.forms) form.reset();
});
