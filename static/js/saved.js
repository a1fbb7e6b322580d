// Saved searches: kept in this browser (localStorage) and nowhere else. News are counted here, from the public feed of
// each search: the server is asked the search itself, never what was saved, under which name, or when it was looked at.

const KEY = "saved-searches";
const MOST = 50;

function read() {
  const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
  return Array.isArray(found) ? found.filter(isWhole) : [];
}

// Another script, an older version or a hand may have written there: only addresses of this site are ever linked.
function isWhole(entry) {
  return (
    entry !== null &&
    typeof entry === "object" &&
    typeof entry.name === "string" &&
    isOwn(entry.address) &&
    isOwn(entry.feed) &&
    !Number.isNaN(Date.parse(entry.savedAt)) &&
    !Number.isNaN(Date.parse(entry.seenAt))
  );
}

function isOwn(address) {
  if (typeof address !== "string") {
    return false;
  }
  try {
    return new URL(address, location.origin).origin === location.origin;
  } catch {
    return false;
  }
}

function write(entries) {
  localStorage.setItem(KEY, JSON.stringify(entries));
}

// The search page: the form that saves.

function showForm() {
  for (const form of document.querySelectorAll("[data-save-search][hidden]")) {
    form.hidden = false;
  }
}

function save(form) {
  const status = form.querySelector("[data-saved]");
  try {
    const address = new URL(form.dataset.address);
    const own = address.pathname + address.search;
    const others = read().filter((entry) => entry.address !== own);
    if (others.length >= MOST) {
      status.textContent = form.dataset.full;
      return;
    }
    const now = new Date().toISOString();
    const name = form.querySelector("input").value.trim().slice(0, 100);
    write([{ name: name || own, address: own, feed: form.dataset.feed, savedAt: now, seenAt: now }, ...others]);
    status.textContent = form.dataset.done;
  } catch {
    status.textContent = form.dataset.refused;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-save-search]")) {
    event.preventDefault();
    save(event.target);
  }
});
document.addEventListener("htmx:afterSettle", showForm);
showForm();

// The page of saved searches: the list.

const page = document.querySelector("[data-saved-searches]");

function show(entries) {
  const list = page.querySelector("[data-list]");
  list.replaceChildren(...entries.map(item));
  page.querySelector("[data-empty]").hidden = entries.length > 0;
}

function item(entry) {
  const found = page.querySelector("[data-entry]").content.cloneNode(true).querySelector("li");
  const link = found.querySelector("[data-name]");
  link.textContent = entry.name;
  link.href = entry.address;
  found.querySelector("[data-name-again]").textContent = entry.name;
  found.querySelector("[data-feed]").href = entry.feed;
  day(found.querySelector("[data-saved-on]"), entry.savedAt);
  day(found.querySelector("[data-seen-on]"), entry.seenAt);
  link.addEventListener("click", () => look(entry.address));
  found.querySelector("[data-delete]").addEventListener("click", () => remove(entry));
  news(found.querySelector("[data-news]"), entry);
  return found;
}

function day(place, moment) {
  const time = document.createElement("time");
  time.dateTime = moment;
  time.textContent = new Intl.DateTimeFormat(page.dataset.language, { dateStyle: "long" }).format(new Date(moment));
  place.append(time);
}

function look(address) {
  write(read().map((entry) => (entry.address === address ? { ...entry, seenAt: new Date().toISOString() } : entry)));
}

function remove(entry) {
  write(read().filter((one) => one.address !== entry.address));
  show(read());
  page.querySelector("[data-status]").textContent = `${page.dataset.deleted} ${entry.name}`;
  (page.querySelector("[data-delete]") ?? page.querySelector("[data-status]")).focus();
}

async function news(element, entry) {
  element.textContent = element.dataset.checking;
  try {
    const answer = await fetch(entry.feed, { credentials: "omit" });
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    const feed = new DOMParser().parseFromString(await answer.text(), "application/xml");
    if (feed.documentElement.localName !== "feed") {
      throw new Error("no feed");
    }
    const moments = [...feed.querySelectorAll("entry > updated")].map((one) => Date.parse(one.textContent));
    const fresh = moments.filter((moment) => moment > Date.parse(entry.seenAt)).length;
    // A feed holds the fifty last: more than that nobody can count from it.
    const number = fresh === moments.length && fresh >= 50 ? `${fresh}+` : `${fresh}`;
    element.textContent = fresh ? `${element.dataset.some} ${number}` : element.dataset.none;
    element.classList.toggle("is-news", fresh > 0);
  } catch {
    element.textContent = element.dataset.failed;
  }
}

if (page) {
  try {
    show(read());
  } catch {
    page.querySelector("[data-status]").textContent = page.dataset.refused;
  }
}
