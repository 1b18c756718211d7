// What every page does when JavaScript runs. Each part adds to something that works without it.

const root = document.documentElement;
root.classList.add("js");

// What changed, for those who listen.
export function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => { live.textContent = text; }, 50);
}
window.addEventListener("mejora:announce", (event) => announce(event.detail?.text ?? event.detail));

// After a swap the new part's heading takes the focus, if it asks for it.
function settle(scope) {
  const target = scope.matches?.("[data-focus]") ? scope : scope.querySelector?.("[data-focus]");
  if (target) {
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus();
  }
  const said = scope.matches?.("[data-announce]") ? scope : scope.querySelector?.("[data-announce]");
  if (said) announce(said.dataset.announce);
}
document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));
settle(document.body);

// A form answered with an error (409, 422) shows that answer in its place.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", () => {
  announce("No hay conexión: lo escrito sigue aquí. Pruebe de nuevo.");
});

// A button pressed twice counts once and says that it is busy.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  const button = event.submitter ?? form.querySelector("[data-busy]");
  if (!button?.dataset.busy || form.hasAttribute("hx-post")) return;
  form.dataset.sent = "yes";
  // After the browser has read the form: a disabled button would not be sent.
  window.setTimeout(() => {
    button.setAttribute("aria-disabled", "true");
    const spinner = document.createElement("span");
    spinner.className = "spinner";
    button.replaceChildren(spinner, button.dataset.busy);
  });
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// A refused button says why and does nothing.
document.addEventListener("click", (event) => {
  const refused = event.target.closest('[aria-disabled="true"]');
  if (refused) event.preventDefault();
});

// Filters apply at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-apply]");
  if (form) form.requestSubmit();
});

// "/" goes to the search, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (search?.offsetParent) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

// One menu open at a time; a press outside closes it.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// Show or hide what is written in a password field.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.firstChild.textContent = shown ? "Mostrar" : "Ocultar";
  button.setAttribute("aria-pressed", String(!shown));
});

// Tick all boxes of a group, or none when all are ticked.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-all]");
  if (!button) return;
  const boxes = [...button.closest("[data-check-group]").querySelectorAll("input[type=checkbox]")];
  const wanted = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = wanted;
  button.firstChild.textContent = wanted ? "Desmarcar todas" : "Marcar todas";
});

// Narrow a list by what is written above it.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
document.addEventListener("input", (event) => {
  const list = document.querySelector(event.target.dataset?.narrow || null);
  if (!list) return;
  const wanted = plain(event.target.value);
  for (const item of list.children) item.hidden = !plain(item.textContent).includes(wanted);
});

function fileSize(bytes) {
  if (bytes < 1e3) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toLocaleString("es-CL", { maximumFractionDigits: 1 })} MB`;
}

// The whole box takes a file; what was chosen is named under it.
function nameChosen(box) {
  const list = box.querySelector("[data-chosen]");
  const files = [...box.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files]);
  list?.replaceChildren(...files.map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${fileSize(file.size)}`;
    return item;
  }));
}
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const box = event.target.closest?.("[data-drop]");
    if (!box) return;
    event.preventDefault();
    box.classList.toggle("drop--over", kind === "dragover");
    const field = box.querySelector("input[type=file]");
    if (kind !== "drop" || !event.dataTransfer.files.length || !field) return;
    const chosen = new DataTransfer();
    for (const file of event.dataTransfer.files) {
      chosen.items.add(file);
      if (!field.multiple) break;
    }
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-drop]");
  if (box) nameChosen(box);
});
