/* The form of criteria: of each row, the fields of its kind alone. One that goes is emptied, since
   what nobody sees must not stop the form. Without it every field stands, with its own words. */

const form = document.querySelector("[data-criteria-form]");

function empty(part) {
  for (const field of part.querySelectorAll("input, select")) {
    if (field.type !== "checkbox") field.value = "";
    else if (field.closest("[data-kinds]") !== field) field.checked = field.defaultChecked;
  }
}

function showKind(row, { isChange = false } = {}) {
  const kind = row.querySelector("select[name$=-kind]").value;
  for (const part of row.querySelectorAll("div[data-kinds]")) {
    part.hidden = !part.dataset.kinds.split(" ").includes(kind);
    if (part.hidden && isChange) empty(part);
  }
  for (const box of row.querySelectorAll("input[data-kinds]")) {
    const isOfKind = box.dataset.kinds.split(" ").includes(kind);
    box.closest("label").hidden = !isOfKind;
    if (!isOfKind && isChange) box.checked = false;
  }
}

/* What the operator or a body assesses has no question. */
function showQuestion(row, { isChange = false } = {}) {
  const isAsked = ["conseillere", "declaration"].includes(row.querySelector("select[name$=-assessor]").value);
  const field = row.querySelector("input[name$=-question]");
  field.closest("p").hidden = !isAsked;
  if (!isAsked && isChange) field.value = "";
}

function show(row, options) {
  showKind(row, options);
  showQuestion(row, options);
}

function showLeast() {
  const field = form.elements.least;
  field.closest("p").hidden = form.elements.rule.value !== "au-moins";
  if (field.closest("p").hidden) field.value = "";
}

if (form) {
  for (const row of form.querySelectorAll("ol > [data-row]")) show(row);
  showLeast();
  form.addEventListener("change", ({ target }) => {
    if (target === form.elements.rule) showLeast();
    const row = target.closest("[data-row]");
    if (row && target.matches("select[name$=-kind], select[name$=-assessor]")) show(row, { isChange: true });
  });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const row of addedNodes) if (row.matches?.("[data-row]")) show(row);
  }).observe(form.querySelector("[data-rows] > ol"), { childList: true });
}
