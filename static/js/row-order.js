/* Rows put in order in place. Without it, each step sends the form and comes back with it. */

for (const list of document.querySelectorAll("[data-order]")) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-step]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-order-row]");
    const isUp = button.dataset.orderStep === "-1";
    const other = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(row);
    else other.after(row);
    button.focus();
    row.closest("form").dispatchEvent(new Event("input"));
  });
}
