// The month by keyboard: rows, levels, milestones, notes; saving is htmx's. Letters work only while
// the focus is on a row's name, and can be switched off.

const announce = (text) =>
  window.dispatchEvent(new CustomEvent("mejora:announce", { detail: { text } }));

const grid = document.querySelector("[data-grid]");
const KEY = "mejora:atajos";
const failed = new Set();

function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:afterRequest", onAnswer);
  document.addEventListener("htmx:confirm", onToggle, true);
  document.querySelector("[data-next]")?.addEventListener("click", () => goTo(nextUnreported()));
  window.addEventListener("beforeunload", (event) => {
    if (failed.size || document.querySelector(".fila.htmx-request")) event.preventDefault();
  });
  showSwitch();
}

const rows = () => [...grid.querySelectorAll("[data-row]")];
const rowOf = (element) => element?.closest("[data-row]");
const nameOf = (row) => row?.querySelector("[data-toggle]");
const lettersOn = () => localStorage.getItem(KEY) !== "no";

function goTo(row) {
  if (!row) {
    announce("No quedan acciones sin informar.");
    return;
  }
  const name = nameOf(row);
  name.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function nextUnreported(from = rowOf(document.activeElement)) {
  const all = rows();
  const start = from ? all.indexOf(from) + 1 : 0;
  const inOrder = [...all.slice(start), ...all.slice(0, start)];
  return inOrder.find((row) => row !== from && row.querySelector("[data-unreported]"));
}

function beside(row, step) {
  const all = rows();
  return all[Math.min(all.length - 1, Math.max(0, all.indexOf(row) + step))];
}

// Keys ------------------------------------------------------------------------------------------

const LETTERS = {
  h: (row) => row.querySelector(".hito")?.focus(),
  n: (row) => row.querySelector(".nota")?.focus(),
  e: (row) => row.querySelector("[data-evidence]")?.focus(),
  i: (row) => row.querySelector("[data-same]")?.click(),
  s: (row) => goTo(nextUnreported(row)),
};

function onKey(event) {
  const row = rowOf(event.target);
  if (!row) return;
  if (event.key === "Escape" && event.target !== nameOf(row)) {
    event.preventDefault();
    nameOf(row).focus();
    return;
  }
  if (event.target.matches(".hito")) return onBox(event, row);
  if (event.target !== nameOf(row)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    goTo(beside(row, event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    undo(row);
  } else if (lettersOn() && !event.ctrlKey && !event.metaKey && !event.altKey) {
    onLetter(event, row);
  }
}

function onLetter(event, row) {
  const letter = event.key.toLowerCase();
  if (letter in LETTERS) {
    event.preventDefault();
    LETTERS[letter](row);
  } else if (/^\d$/.test(letter)) {
    event.preventDefault();
    setLevel(row, Number(letter));
  }
}

// In a row without milestones a figure is the level, 0 to 5; in one with milestones it ticks that
// milestone.
function setLevel(row, figure) {
  const select = row.querySelector("[data-level]");
  if (select && figure + 1 < select.options.length) {
    select.selectedIndex = figure + 1;
    announce(select.options[figure + 1].text);
    save(row);
    return;
  }
  const box = row.querySelectorAll(".hito")[figure - 1];
  if (box && !box.disabled) {
    box.checked = !box.checked;
    announce(`${box.getAttribute("aria-label")}: ${box.checked ? "cumplido" : "pendiente"}`);
    save(row);
  }
}

function onBox(event, row) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const boxes = [...row.querySelectorAll(".hito")];
  boxes[boxes.indexOf(event.target) + step]?.focus();
}

// Saving ----------------------------------------------------------------------------------------

const save = (row) => htmx.trigger(row, "guardar");

function undo(row) {
  if (!row.dataset.undo) return;
  htmx.ajax("POST", row.dataset.undo, { source: row, swap: "none" });
}

// Fields of the open row stand beside the row, so their change is passed on to it.
function onChange(event) {
  const detail = event.target.closest(".detalle [data-fields]")?.closest(".detalle");
  if (detail) save(detail.previousElementSibling);
}

function onClick(event) {
  const retry = event.target.closest("[data-retry]");
  if (retry) save(rowOf(retry));
  const ask = event.target.closest("[data-ask]");
  if (ask) {
    event.preventDefault();
    openReview(rowOf(ask));
  }
  if (event.target.closest("[data-switch]")) {
    localStorage.setItem(KEY, lettersOn() ? "no" : "si");
    showSwitch();
  }
}

// The reason is asked in the open row: open it, then go to the field.
function openReview(row) {
  const name = nameOf(row);
  const body = document.getElementById(name.getAttribute("aria-controls"));
  const focus = () => body.querySelector("[data-asked]")?.focus();
  if (name.getAttribute("aria-expanded") === "true") {
    focus();
    return;
  }
  body.addEventListener("htmx:afterSettle", focus, { once: true });
  name.click();
}

function showSwitch() {
  const button = document.querySelector("[data-switch]");
  if (!button) return;
  button.textContent = lettersOn() ? "Apagar atajos" : "Encender atajos";
  button.setAttribute("aria-pressed", String(!lettersOn()));
}

// An open row closes at the second press; htmx opens it at the first.
function onToggle(event) {
  const link = event.target.closest?.("[data-toggle]");
  if (!link || event.target !== link) return;
  const body = document.getElementById(link.getAttribute("aria-controls"));
  if (link.getAttribute("aria-expanded") === "true") {
    event.preventDefault();
    body.replaceChildren();
    link.setAttribute("aria-expanded", "false");
    rowOf(link).classList.remove("is-open");
    announce("Fila cerrada.");
  } else {
    link.setAttribute("aria-expanded", "true");
  }
}

function onAnswer(event) {
  const row = rowOf(event.detail.elt) ?? event.detail.elt.closest?.(".detalle")?.previousElementSibling;
  if (!row || event.detail.requestConfig?.verb === "get") return;
  const cell = row.querySelector(".guardado");
  const arrived = event.detail.successful;
  if (!arrived) {
    const words = document.getElementById("no-guardado").content.cloneNode(true);
    cell.querySelectorAll(":scope > :not(input)").forEach((part) => part.remove());
    cell.append(words);
    announce("No se guardó. Lo escrito sigue aquí; pruebe de nuevo.");
  }
  failed[arrived && !cell.querySelector(".mark--late") ? "delete" : "add"](row.id);
  const saving = document.querySelector("[data-saving]");
  if (saving) saving.textContent = failed.size ? `${failed.size} sin guardar` : "Todo guardado";
}

if (grid) start();
