// Arrow keys move between the links of a table of figures; Tab enters it once and leaves it.
for (const table of document.querySelectorAll("table[data-grid]")) {
  const rows = [...table.rows].map((row) => [...row.cells]);
  const links = [...table.querySelectorAll("td a")];
  let current = links[0];

  const make = (link) => {
    for (const each of links) each.tabIndex = each === link ? 0 : -1;
    current = link;
  };

  // The cell's place from the right: heads that span rows or columns stand on the left.
  const place = (link) => {
    const cell = link.closest("td");
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].length - rows[row].indexOf(cell)];
  };

  const step = (link, down, right) => {
    let [row, fromRight] = place(link);
    for (;;) {
      row += down;
      fromRight -= right;
      const cells = rows[row];
      if (!cells || fromRight < 1 || fromRight > cells.length) return null;
      const found = cells[cells.length - fromRight].querySelector("a");
      if (found) return found;
    }
  };

  const MOVES = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
  };
  table.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const link = event.target.closest("td a");
    if (!move || !link || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(link, ...move)?.focus();
  });
  table.addEventListener("focusin", (event) => {
    const link = event.target.closest("td a");
    if (link && link !== current) make(link);
  });
  if (current) make(current);
}
