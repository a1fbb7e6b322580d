// Wagtail takes what stands in a form two seconds after its scripts began for what the site had sent. What somebody typed
// before that would neither be saved by itself nor asked about on leaving: such a form is told that it holds changes.

const typed = new WeakSet();
const watched = new WeakSet();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (event.isTrusted && form && !watched.has(form)) {
    typed.add(form);
  }
});

document.addEventListener("w-unsaved:watch-edits", (event) => {
  watched.add(event.target);
  if (typed.delete(event.target)) {
    event.target.dataset.wUnsavedForceValue = "true";
  }
});
