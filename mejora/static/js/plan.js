// The chain by keyboard, and the sums of the form of an action. Without it everything still works.

// Chain: arrows move between the parts that fold, Entrar opens them, + and − fold an objective.
function folds() {
  return [...document.querySelectorAll(".chain summary")].filter((one) => one.offsetParent);
}

document.addEventListener("keydown", (event) => {
  const summary = event.target.closest?.(".chain summary");
  if (!summary || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step) {
    const all = folds();
    all[all.indexOf(summary) + step]?.focus();
    event.preventDefault();
  }
  if ("+-−".includes(event.key)) {
    const fold = summary.closest("[data-objective]")?.querySelector(".objective__fold");
    if (fold) {
      fold.open = event.key === "+";
      if (!fold.open) fold.querySelector("summary").focus();
    }
  }
});

// A link to "#accion-7" opens that action.
function openTarget() {
  const target = location.hash.startsWith("#accion-") && document.getElementById(location.hash.slice(1));
  const fold = target && target.querySelector("details");
  if (fold) fold.open = true;
}
window.addEventListener("hashchange", openTarget);
openTarget();

// Form: the total of the sources and the sum of the weights, as they are typed.
const number = (text) => Number(text.replace(/[^\d]/g, "")) || 0;

function sums() {
  const total = document.querySelector("[data-total]");
  if (total) {
    const fields = document.querySelectorAll("[data-sum] input");
    const sum = [...fields].reduce((all, field) => all + number(field.value), 0);
    total.value = "$" + String(sum).replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  }
  const told = document.querySelector("[data-weight-sum]");
  if (told) {
    const typed = [...document.querySelectorAll("[data-weights] input[name$=weight]")].filter((f) => f.value.trim());
    const sum = typed.reduce((all, field) => all + number(field.value), 0);
    const text = typed.length ? `Los pesos escritos suman ${sum} %.` : "";
    if (told.textContent !== text) told.textContent = text;
    told.classList.toggle("late", sum > 100);
  }
}
document.addEventListener("input", sums);
sums();
