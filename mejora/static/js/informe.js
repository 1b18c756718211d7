// The responsible's report on a phone: the percentage at once, photos with a small picture, sending
// without losing anything when the signal goes.

const announce = (text) =>
  window.dispatchEvent(new CustomEvent("mejora:announce", { detail: { text } }));
const form = document.querySelector("form[data-report]");

// What waits in this phone ----------------------------------------------------------------------

const waiting = {
  open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("mejora", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("informes", { keyPath: "url" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  },
  async run(mode, act) {
    const db = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction("informes", mode);
      const request = act(transaction.objectStore("informes"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
    });
  },
  all() { return this.run("readonly", (store) => store.getAll()); },
  keep(entry) { return this.run("readwrite", (store) => store.put(entry)); },
  drop(url) { return this.run("readwrite", (store) => store.delete(url)); },
};

async function showWaiting() {
  const place = document.querySelector("[data-waiting]") ?? makePlace();
  const entries = await waiting.all().catch(() => []);
  place.hidden = entries.length === 0;
  place.className = entries.length ? "notice notice--soon" : "";
  place.replaceChildren();
  if (!entries.length) return;
  const body = document.createElement("div");
  body.className = "notice__body";
  const text = document.createElement("p");
  const count = entries.length === 1 ? "1 informe espera" : `${entries.length} informes esperan`;
  const strong = document.createElement("strong");
  strong.textContent = `Sin conexión: ${count} en este teléfono.`;
  text.append(strong, " Se enviará cuando vuelva la señal y esta página esté abierta.");
  body.append(text, ...entries.map(line));
  place.append(body);
}

function line(entry) {
  const item = document.createElement("p");
  const photos = entry.fields.filter(([, value]) => value instanceof Blob).length;
  item.textContent = `${entry.title}${photos ? ` · ${photos} ${photos === 1 ? "archivo" : "archivos"}` : ""} `;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = "Enviar ahora";
  button.addEventListener("click", sendWaiting);
  item.append(button);
  return item;
}

function makePlace() {
  const place = document.createElement("div");
  place.dataset.waiting = "";
  (form ?? document.querySelector(".mias"))?.before(place);
  return place;
}

async function sendWaiting() {
  for (const entry of await waiting.all().catch(() => [])) {
    const data = new FormData();
    for (const [name, value, fileName] of entry.fields) {
      if (value instanceof Blob) data.append(name, value, fileName);
      else data.append(name, value);
    }
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) data.set("csrfmiddlewaretoken", token.value);
    try {
      const answer = await fetch(entry.url, { method: "POST", body: data, headers: csrf() });
      if (answer.redirected && answer.ok && !answer.url.includes("/cuenta/")) {
        await waiting.drop(entry.url);
        location.assign(answer.url);
        return;
      }
      await waiting.drop(entry.url);
      showAnswer(await answer.text());
      return;
    } catch {
      announce("Sigue sin conexión.");
      return;
    }
  }
}

function csrf() {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return headers;
}

function showAnswer(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("main").replaceWith(fresh.querySelector("main"));
  document.querySelector("main").focus();
  window.scrollTo(0, 0);
}

if (document.querySelector("[data-waiting]") || form) {
  showWaiting().then(() => { if (navigator.onLine) return sendWaiting(); });
  window.addEventListener("online", sendWaiting);
}

// The percentage at once --------------------------------------------------------------------------

function showResult() {
  const result = form.querySelector("[data-result]");
  if (!result) return;
  const boxes = [...form.querySelectorAll("[data-weight]")];
  const sum = boxes.filter((b) => b.checked).reduce((all, b) => all + Number(b.dataset.weight), 0);
  const pct = Math.min(100, sum);
  const before = Number(result.dataset.before || 0);
  result.querySelector("[data-figure]").textContent = `${pct}\u202f%`;
  const bar = result.querySelector(".bar");
  bar.classList.remove("bar--none");
  bar.querySelectorAll(".bar__maybe, .bar__tick").forEach((part) => part.remove());
  let solid = bar.querySelector(".bar__solid");
  if (!solid) {
    solid = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    solid.setAttribute("class", "bar__solid");
    solid.setAttribute("height", "100%");
    bar.prepend(solid);
  }
  solid.setAttribute("width", `${pct}%`);
  const verb = pct > before ? "Sube" : "Baja";
  result.querySelector("[data-words]").textContent = pct === before
    ? `Sin cambio: ${pct}\u202f%` : `${verb} de ${before}\u202f% a ${pct}\u202f%`;
}

// Photos ------------------------------------------------------------------------------------------

const chosen = [];

function addFiles(files) {
  for (const file of files) chosen.push(file);
  drawPhotos();
}

function drawPhotos() {
  const list = form.querySelector("[data-photos]");
  list.replaceChildren(...chosen.map((file, place) => {
    const item = document.createElement("li");
    item.className = "foto";
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = "";
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
      item.append(picture);
    }
    const text = document.createElement("p");
    text.className = "foto__text";
    const size = (file.size / 1e6).toLocaleString("es-CL", { maximumFractionDigits: 1 });
    text.textContent = `${file.name} · ${size} MB`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.setAttribute("aria-label", `Quitar ${file.name}`);
    remove.textContent = "×";
    remove.addEventListener("click", () => { chosen.splice(place, 1); drawPhotos(); });
    item.append(text, remove);
    return item;
  }));
  form.querySelector("[data-ask]").classList.toggle("is-asked", chosen.length > 0);
}

// Sending -----------------------------------------------------------------------------------------

function collect(submitter) {
  const data = new FormData(form, submitter);
  data.delete("camera");
  data.delete("uploads");
  for (const file of chosen) data.append("uploads", file, file.name);
  return data;
}

function send(event) {
  event.preventDefault();
  const data = collect(event.submitter);
  const button = document.querySelector(".informe-dock .govuk-button");
  const words = button.textContent;
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Enviando…";
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable && chosen.length) {
      button.textContent = `Enviando… ${Math.round((100 * step.loaded) / step.total)}\u202f%`;
    }
  });
  const free = () => { button.removeAttribute("aria-disabled"); button.textContent = words; };
  request.addEventListener("load", () => {
    if (request.status === 200 && request.responseURL !== location.href) {
      location.assign(request.responseURL);
    } else if ([200, 409, 422].includes(request.status)) {
      document.open();
      document.write(request.responseText);
      document.close();
    } else {
      free();
      fail("El servidor no lo recibió. Lo escrito sigue aquí; pruebe de nuevo.");
    }
  });
  request.addEventListener("error", async () => {
    free();
    const fields = [...data.entries()].map(([name, value]) =>
      value instanceof File ? [name, value, value.name] : [name, value]);
    try {
      await waiting.keep({ url: form.action, title: form.dataset.title, fields });
      await showWaiting();
      fail("No hay conexión: el informe quedó guardado en este teléfono.");
    } catch {
      fail("No hay conexión. Lo escrito sigue aquí; pruebe de nuevo.");
    }
  });
  request.send(data);
}

function fail(text) {
  const place = document.querySelector("[data-failed]");
  place.hidden = false;
  place.textContent = text;
  announce(text);
}

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-weight]")) showResult();
    if (event.target.matches("input[type=file]")) {
      addFiles(event.target.files);
      event.target.value = "";
    }
  });
  form.addEventListener("submit", send);
  if (location.hash === "#archivos") document.getElementById("camara")?.focus();
}
