// Suggestions below a search box: a combobox with a list, as the ARIA Authoring Practices describe it. Focus stays in the
// box; arrows choose, Enter takes what is chosen or else sends the form, Escape closes. Whatever fails here, the form works.

const WAIT = 250;
const SHORTEST = 2;
const known = new Map();
let numbers = 0;

function begin() {
  for (const form of document.querySelectorAll("form[data-suggest]")) {
    const box = form.querySelector("input[name=q]");
    if (box && !box.hasAttribute("aria-controls")) {
      prepare(form, box);
    }
  }
}

function prepare(form, box) {
  numbers += 1;
  const list = document.createElement("ul");
  list.id = `suggestions-${numbers}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestLabel);
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  // A box for text: role combobox is not allowed on one of type search, whose own history would cover the list as well.
  box.type = "text";
  box.setAttribute("role", "combobox");
  box.setAttribute("inputmode", "search");
  box.setAttribute("autocapitalize", "off");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  box.closest(".search-form").append(list);
  form.append(status);
  const combobox = { form, box, list, status, active: -1, timer: 0, asked: null };
  box.addEventListener("input", () => schedule(combobox));
  box.addEventListener("keydown", (event) => press(combobox, event));
  box.addEventListener("blur", () => close(combobox));
  // The press would take focus out of the box before the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      take(combobox, [...list.children].indexOf(option));
    }
  });
  form.addEventListener("submit", () => close(combobox));
}

function schedule(combobox) {
  clearTimeout(combobox.timer);
  combobox.asked?.abort();
  const text = combobox.box.value;
  if (text.trim().length < SHORTEST) {
    close(combobox);
    combobox.status.textContent = "";
    return;
  }
  combobox.timer = setTimeout(() => ask(combobox, text), WAIT);
}

async function ask(combobox, text) {
  const address = `${combobox.form.dataset.suggest}?${new URLSearchParams({ q: text })}`;
  if (!known.has(address)) {
    combobox.asked = new AbortController();
    try {
      const answer = await fetch(address, { signal: combobox.asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) {
        close(combobox);
        return;
      }
      known.set(address, (await answer.json()).suggestions);
    } catch {
      // Aborted by the next letter, or no connection: the box is a plain box then.
      return;
    }
    // What was found a minute ago may be hidden by now.
    setTimeout(() => known.delete(address), 5000);
  }
  if (combobox.box.value === text && document.activeElement === combobox.box) {
    show(combobox, known.get(address));
  }
}

function show(combobox, suggestions) {
  const { box, list, status, form } = combobox;
  combobox.suggestions = suggestions;
  combobox.active = -1;
  box.removeAttribute("aria-activedescendant");
  list.replaceChildren(...suggestions.map((one, number) => option(list.id, one, number)));
  list.hidden = suggestions.length === 0;
  box.setAttribute("aria-expanded", String(suggestions.length > 0));
  status.textContent = suggestions.length ? `${form.dataset.suggestFound} ${suggestions.length}` : form.dataset.suggestNone;
}

function option(id, suggestion, number) {
  const line = document.createElement("li");
  line.id = `${id}-${number}`;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  const text = document.createElement("span");
  text.className = "suggestion";
  text.textContent = suggestion.text;
  const more = document.createElement("span");
  more.className = "suggestion-more";
  more.textContent = [suggestion.kind, suggestion.detail].filter(Boolean).join(" · ");
  line.append(text, " ", more);
  return line;
}

function close(combobox) {
  clearTimeout(combobox.timer);
  combobox.asked?.abort();
  combobox.list.hidden = true;
  combobox.active = -1;
  combobox.box.setAttribute("aria-expanded", "false");
  combobox.box.removeAttribute("aria-activedescendant");
}

function move(combobox, number) {
  const options = [...combobox.list.children];
  combobox.active = number;
  options.forEach((one, place) => one.setAttribute("aria-selected", String(place === number)));
  if (number < 0) {
    combobox.box.removeAttribute("aria-activedescendant");
    return;
  }
  combobox.box.setAttribute("aria-activedescendant", options[number].id);
  options[number].scrollIntoView({ block: "nearest" });
}

function take(combobox, number) {
  const chosen = combobox.suggestions[number];
  close(combobox);
  if (chosen.completes) {
    combobox.box.value = chosen.completes;
    combobox.form.requestSubmit();
  } else {
    location.assign(chosen.url);
  }
}

function press(combobox, event) {
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const isOpen = !combobox.list.hidden;
  const last = combobox.list.children.length - 1;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!isOpen) {
      schedule(combobox);
    } else if (event.key === "ArrowDown") {
      // Below the last and above the first is the box itself, with what was typed.
      move(combobox, combobox.active === last ? -1 : combobox.active + 1);
    } else {
      move(combobox, combobox.active === -1 ? last : combobox.active - 1);
    }
  } else if (event.key === "Enter" && isOpen && combobox.active >= 0) {
    event.preventDefault();
    take(combobox, combobox.active);
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    close(combobox);
  } else if (event.key === "Tab" || event.key === "Enter") {
    close(combobox);
  }
}

begin();
document.addEventListener("htmx:afterSettle", begin);
