// Ticked hits survive the way from one page of hits to the next, in this tab only. Without this script the ticks of one
// page are compared, and what the address brought along.

const KEY = "picks";
const BROUGHT = "picks-brought";
const MOST = 100;

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(picks) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...new Set(picks)].slice(0, MOST)));
  } catch {
    // A tab that may keep nothing still compares what is ticked on this page.
  }
}

function boxes() {
  return [...document.querySelectorAll("input[data-pick]")];
}

// The form holds the ticks of other pages as hidden fields, so that it sends all of them.
function show() {
  const form = document.querySelector("[data-picks-form]");
  if (!form) {
    return;
  }
  const picks = kept();
  for (const box of boxes()) {
    box.checked = picks.includes(box.value);
  }
  const here = new Set(boxes().map((box) => box.value));
  form.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
  for (const pick of picks.filter((one) => !here.has(one))) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "pick";
    field.value = pick;
    form.append(field);
  }
  form.querySelector("[data-number]").textContent = picks.length;
  form.querySelector("[data-picks-count]").hidden = !picks.length;
  form.querySelector("[data-picks-clear]").hidden = !picks.length;
}

// All links of a page carry what its address brought along: that counts once, or what was unticked would come back.
function take(brought) {
  if (!brought.length) {
    return;
  }
  const list = JSON.stringify([...brought].sort());
  try {
    if (sessionStorage.getItem(BROUGHT) === list) {
      return;
    }
    sessionStorage.setItem(BROUGHT, list);
  } catch {
    // See above.
  }
  keep([...kept(), ...brought]);
}

function begin() {
  const page = document.querySelector("[data-picks-page]");
  if (page) {
    keep([...kept(), ...page.dataset.picks.split(" ").filter(Boolean)]);
    return;
  }
  const brought = [...document.querySelectorAll("input[data-brought]"), ...boxes().filter((box) => box.defaultChecked)];
  take(brought.map((field) => field.value));
  for (const link of document.querySelectorAll("a[data-compare-with]")) {
    link.search = new URLSearchParams([...new Set([...kept(), link.dataset.compareWith])].map((one) => ["pick", one]));
  }
  show();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-pick]")) {
    const others = kept().filter((one) => one !== event.target.value);
    keep(event.target.checked ? [...others, event.target.value] : others);
    show();
  }
});

document.addEventListener("click", (event) => {
  const removed = event.target.closest("a[data-unpick]");
  if (removed) {
    keep(kept().filter((one) => one !== removed.dataset.unpick));
  }
  if (event.target.closest("[data-picks-clear]")) {
    keep([]);
    show();
    document.querySelector("[data-picks-form] button[type=submit]").focus();
  }
});

document.addEventListener("htmx:afterSettle", show);
window.addEventListener("pageshow", begin);
