// A name chosen from a list becomes the last line of its field at once; without this it does when the rows are saved.
// While the site cannot be reached the rows are not sent: the browser would show an error in the place of what was typed.

const add = (field) => {
  const lines = document.getElementsByName(field.name.replace("add_", ""))[0];
  const name = field.value.trim();
  if (!name || !lines) {
    return;
  }
  const said = lines.value.split("\n").filter((line) => line.trim());
  lines.value = [...new Set([...said, name])].join("\n");
  field.value = "";
  lines.dispatchEvent(new Event("input", { bubbles: true }));
  lines.dispatchEvent(new Event("change", { bubbles: true }));
};

for (const field of document.querySelectorAll("[data-adds-to]")) {
  field.addEventListener("change", () => add(field));
  field.addEventListener("input", (event) => {
    // Clicked or entered in the list of the browser, not typed.
    if (!(event instanceof InputEvent) || event.inputType === "insertReplacementText") {
      add(field);
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      add(field);
    }
  });
}

const form = document.querySelector("form[data-reach]");
let isReached = false;

form?.addEventListener(
  "submit",
  async (event) => {
    if (isReached) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      await fetch(form.dataset.reach, { method: "HEAD", cache: "no-store" });
      isReached = true;
      form.requestSubmit(event.submitter);
    } catch {
      const said = form.querySelector("[data-unreached]");
      said.textContent = form.dataset.unreached;
      event.submitter?.after(said);
    }
  },
  { capture: true },
);
