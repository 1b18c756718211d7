// Evidence one file at a time, with its progress; without JavaScript the same form sends them all.

const announce = (text) =>
  window.dispatchEvent(new CustomEvent("mejora:announce", { detail: { text } }));

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || event.defaultPrevented) return;
  const field = form.querySelector("input[type=file]");
  if (!field.files.length || !form.checkValidity()) return;
  event.preventDefault();
  const files = [...field.files];
  const list = document.querySelector("#archivos") ?? form.querySelector("[data-list]");
  files.forEach((file) => send(form, file, list));
  field.value = "";
});

function send(form, file, list) {
  const item = document.createElement("li");
  item.className = "archivo";
  const text = document.createElement("div");
  text.className = "archivo__text";
  const words = document.createElement("p");
  words.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", `Subiendo ${file.name}`);
  text.append(words, bar);
  item.append(text);
  list.append(item);

  const data = new FormData(form);
  data.delete("uploads");
  data.append("uploads", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status === 200) {
      const fresh = document.createElement("template");
      fresh.innerHTML = request.responseText;
      const kept = fresh.content.firstElementChild;
      document.getElementById(kept.id)?.remove();
      item.replaceWith(kept);
      htmx.process(kept);
      announce(`Guardado: ${file.name}`);
    } else {
      const reason = request.getResponseHeader("Content-Type")?.startsWith("text/plain")
        ? request.responseText : "El servidor no lo recibió; pruebe de nuevo.";
      refuse(item, text, bar, file, form, list, reason, request.status !== 422);
    }
  });
  request.addEventListener("error", () => {
    refuse(item, text, bar, file, form, list, "Se cortó la conexión. El archivo sigue aquí.", true);
  });
  request.send(data);
}

function refuse(item, text, bar, file, form, list, reason, again) {
  bar.remove();
  const why = document.createElement("p");
  why.className = "late small";
  why.textContent = `No se guardó. ${reason}`;
  text.append(why);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = again ? "Reintentar" : "Quitar de la lista";
  button.addEventListener("click", () => {
    item.remove();
    if (again) send(form, file, list);
  });
  item.append(button);
  announce(`No se guardó ${file.name}. ${reason}`);
}
