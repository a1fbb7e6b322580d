// The search page works without this. It sends the form when the order changes, and after an answer that came without
// a new page it says how much was found and puts the reader where a new page would have.

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-search-form] [data-submits]")) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "search") {
    return;
  }
  const count = document.getElementById("results-count");
  document.querySelector("[data-search-status]").textContent = count.textContent.trim().replace(/\s+/g, " ");
  if (document.activeElement === document.body) {
    count.focus({ preventScroll: true });
  }
  if (count.getBoundingClientRect().top < 0) {
    count.scrollIntoView();
  }
});

// The index of addresses stays clean: what is left at its default is not sent.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-search-form]")) {
    return;
  }
  const sort = event.target.elements.sort;
  if (sort && sort.value === "relevance") {
    sort.disabled = true;
    setTimeout(() => {
      sort.disabled = false;
    });
  }
}, true);
