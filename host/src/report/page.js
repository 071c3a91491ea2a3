"use strict";

// Tables: a head sorts by its column, and again the other way round. Numbers come before words.
function key(row, column) {
  const cell = row.cells[column];
  return "key" in cell.dataset ? Number(cell.dataset.key) : cell.textContent;
}

function compare(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? (a === b ? 0 : a < b ? -1 : 1) : a.localeCompare(b, "en", { numeric: true });
  return typeof a === "number" ? -1 : 1;
}

for (const head of document.querySelectorAll("th")) {
  head.firstElementChild.addEventListener("click", () => {
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of head.parentNode.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows];
    rows.sort((a, b) => sign * compare(key(a, head.cellIndex), key(b, head.cellIndex)));
    body.append(...rows);
  });
}

// Shows the value of a mark in a figure that the reader points at or touches. Without this script the
// browser's own hint does.
const tip = document.getElementById("tip");
for (const mark of document.querySelectorAll("figure svg circle[pointer-events]")) {
  const title = mark.firstElementChild;
  mark.setAttribute("aria-label", title.textContent);
  title.remove();
  mark.addEventListener("pointerover", () => {
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(at.left, innerWidth - tip.offsetWidth - 4)) + "px";
    tip.style.top = Math.max(4, at.top - tip.offsetHeight - 4) + "px";
  });
  mark.addEventListener("pointerout", () => { tip.hidden = true; });
}
