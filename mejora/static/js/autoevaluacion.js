// Judging with the keyboard: 1 to 4 and P on the component in focus, arrows up and down between
// components, T into its words, S to the next pending one. Letters typed into a text stay text.
const list = document.querySelector("[data-assessment]");

const blocks = () => [...list.querySelectorAll("[data-component]")];
const enter = (block) => {
  const radio = block?.querySelector("input[type=radio]:checked") ?? block?.querySelector("input[type=radio]");
  radio?.focus({ preventScroll: true });
  block?.scrollIntoView({ block: "center" });
};
const choose = (block, place) => {
  const radio = block.querySelectorAll("input[type=radio]")[place];
  if (!radio || radio.disabled || radio.checked) return;
  radio.checked = true;
  radio.focus({ preventScroll: true });
  radio.dispatchEvent(new Event("change", { bubbles: true }));
};
const nextPending = (from) => {
  const all = blocks();
  const start = from ? all.indexOf(from) + 1 : 0;
  const order = [...all.slice(start), ...all.slice(0, start)];
  enter(order.find((block) => block.querySelector(".escalon--none input").checked));
};

document.addEventListener("keydown", (event) => {
  if (!list || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("textarea, select, input:not([type=radio])")) return;
  const block = event.target.closest("[data-component]");
  const all = blocks();
  if (event.key.toLowerCase() === "s") nextPending(block);
  else if (!block) return;
  else if (/^[1-4]$/.test(event.key)) choose(block, Number(event.key) - 1);
  else if (event.key.toLowerCase() === "p") choose(block, 4);
  else if (event.key.toLowerCase() === "t") {
    const words = block.querySelector("details");
    words.open = true;
    words.querySelector("textarea").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    enter(all[all.indexOf(block) + (event.key === "ArrowDown" ? 1 : -1)] ?? block);
  } else return;
  event.preventDefault();
});
