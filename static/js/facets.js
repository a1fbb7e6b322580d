// Long facets get a field in which one types the beginning of a name. Without this the lists are all there, folded.

const FOLDED = { ł: "l", Ł: "l", đ: "d", ø: "o" };

function plain(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/[łŁđø]/g, (letter) => FOLDED[letter]).toLowerCase();
}

let made = 0;

function equip(facet) {
  if (facet.querySelector("[data-facet-find]")) {
    return;
  }
  made += 1;
  const field = document.createElement("div");
  field.className = "facet-find";
  field.setAttribute("data-facet-find", "");
  const label = document.createElement("label");
  label.textContent = facet.dataset.label;
  label.className = "visually-hidden";
  label.htmlFor = `facet-find-${made}`;
  const input = document.createElement("input");
  input.type = "search";
  input.id = label.htmlFor;
  input.autocomplete = "off";
  input.placeholder = facet.dataset.label;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  field.append(label, input, said);
  facet.querySelector(":scope > ul").before(field);
  input.addEventListener("input", () => narrow(facet, plain(input.value.trim()), said));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value) {
      event.preventDefault();
      input.value = "";
      narrow(facet, "", said);
    }
  });
}

function narrow(facet, start, said) {
  const more = facet.querySelector(":scope > .facet-more");
  let found = 0;
  // From the innermost out: a theme stays while one below it fits.
  const lines = [...facet.querySelectorAll("li")].reverse();
  for (const line of lines) {
    const words = plain(line.querySelector(".facet-value a").textContent);
    const fits = !start || words.split(/[\s(„"-]+/).some((word) => word.startsWith(start)) || words.includes(` ${start}`) || words.startsWith(start);
    const below = line.querySelector("li:not([hidden])");
    line.hidden = !fits && !below;
    found += fits ? 1 : 0;
    const narrower = line.querySelector(":scope > .facet-below");
    if (narrower && start && below) {
      narrower.open = true;
    }
  }
  if (more) {
    if (start && !("was" in more.dataset)) {
      more.dataset.was = more.open ? "open" : "";
    }
    more.open = start ? true : more.dataset.was === "open";
    if (!start) {
      delete more.dataset.was;
    }
  }
  said.textContent = !start ? "" : found ? `${facet.dataset.some} ${found}` : facet.dataset.none;
}

function begin() {
  document.querySelectorAll("[data-long-facet]").forEach(equip);
}

begin();
document.addEventListener("htmx:afterSettle", begin);
