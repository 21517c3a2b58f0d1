/* Arrow keys go from link to link of a table, up and down its columns. Without it, Tab does.

   <table data-arrows> with a link in each cell */

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function neighbour(cell, [down, right]) {
  const row = cell.parentElement;
  const rows = [...row.parentElement.rows];
  const next = rows[rows.indexOf(row) + down]?.cells[cell.cellIndex + right];
  return next?.querySelector("a");
}

for (const table of document.querySelectorAll("table[data-arrows]")) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const link = neighbour(cell, step);
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
