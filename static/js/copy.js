// Buttons that copy a citation or a link. Without this script they are not there: the text can be marked by hand.

if (navigator.clipboard) {
  const reveal = () => {
    for (const group of document.querySelectorAll("[data-copies][hidden]")) {
      group.hidden = false;
    }
  };
  reveal();
  document.addEventListener("htmx:afterSettle", reveal);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (!button) {
      return;
    }
    const group = button.closest("[data-copies]");
    const status = group.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(button.dataset.copyText ?? textOf(document.querySelector(button.dataset.copy)));
      status.textContent = group.dataset.done;
    } catch {
      status.textContent = group.dataset.failed;
    }
  });
}

function textOf(element) {
  const items = element.querySelectorAll("li");
  const parts = items.length ? [...items] : [element];
  return parts.map((part) => part.textContent.trim().replace(/\s+/g, " ")).join("\n");
}
