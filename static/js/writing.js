// Help beside the wording of a recommendation: asked again after a pause in typing; one click adds a typed link to the
// form, which is saved with it. Whatever fails here, the form works and the help says what was saved last.

const PAUSE = 800;
const help = document.querySelector("[data-writing-help]");
const wording = document.querySelector("#id_text");
let timer = 0;
let asked = null;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("text", wording.value);
  body.set("title", document.querySelector("#id_title")?.value ?? "");
  try {
    const answer = await fetch(help.dataset.writingHelp, { method: "POST", body, signal: asked.signal });
    if (answer.ok && !answer.redirected) {
      help.innerHTML = await answer.text();
      reveal();
    }
  } catch {
    // Offline, or a newer question: what stands there stays.
  }
}

function reveal() {
  for (const button of help.querySelectorAll("[data-link][hidden]")) {
    button.hidden = false;
  }
}

function link(button) {
  const total = document.querySelector("#id_links-TOTAL_FORMS");
  const number = total.value;
  document.querySelector("#id_links-ADD").click();
  const kind = document.querySelector(`#id_links-${number}-kind`);
  const chooser = document.querySelector(`#id_links-${number}-target-chooser`);
  if (kind && chooser?.widget) {
    kind.value = button.dataset.link;
    chooser.widget.setState({ id: button.dataset.target, title: button.dataset.title, edit_url: null });
    kind.dispatchEvent(new Event("change", { bubbles: true }));
    kind.focus();
    button.disabled = true;
  }
}

if (help && wording) {
  reveal();
  wording.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  help.addEventListener("click", (event) => {
    const button = event.target.closest("[data-link]");
    if (button) {
      link(button);
    }
  });
}
