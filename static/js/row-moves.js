/* Rows of a form put in order by buttons: the number that each has follows, and is not to type any
   more. A blank row has no number, or it would be one to fill.

   <li data-row> … <button data-move-row="-1"> … <input name="…-order"> */

function rankOf(row) {
  return row.querySelector("input[name$='-order']");
}

function isBlank(row) {
  if (row.querySelector("input[name$='-id']")?.value) return false;
  const typed = "input:not([type=hidden], [type=checkbox], [type=radio], [name$='-order']), textarea";
  return [...row.querySelectorAll(typed)].every((field) => !field.value);
}

/* The rows that will be saved, in their order. */
function filled(list) {
  return [...list.children].filter((row) => !isBlank(row));
}

function move(button) {
  const row = button.closest("[data-row]");
  const list = row.parentElement;
  const isUp = button.dataset.moveRow === "-1";
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other || isBlank(row) || isBlank(other)) return;
  if (isUp) other.before(row);
  else other.after(row);
  const rows = filled(list);
  rows.forEach((one, place) => (rankOf(one).value = place + 1));
  button.focus();
  button.form.dispatchEvent(new Event("input"));
  document.getElementById("annonce").textContent = `Rang ${rows.indexOf(row) + 1} sur ${rows.length}.`;
}

function hideRanks(rows) {
  for (const row of rows) rankOf(row)?.closest("p").setAttribute("hidden", "");
}

for (const list of document.querySelectorAll("[data-rows] > ol")) {
  hideRanks(list.children);
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-move-row]");
    if (button) move(button);
  });
  new MutationObserver(() => hideRanks(list.children)).observe(list, { childList: true });
}
