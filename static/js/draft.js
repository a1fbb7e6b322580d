// The draft of a reply: saved on the server while it is typed. Where that fails - the session is over, the line is down -
// it is kept in this tab, under the account that typed it, and goes back into the form when that account opens it again.

const PAUSE = 1500;
const form = document.querySelector("form[data-draft]");

if (form) {
  const key = form.dataset.draftKey;
  const status = form.querySelector("[data-draft-said]");
  let waiting = 0;
  let sending = null;
  let isSent = false;

  const typed = () => {
    const data = new FormData(form);
    data.delete("evidence_file");
    return data;
  };

  // Only this tab, and only until the server has it.
  const keep = () => {
    const pairs = [...typed()].filter(([name]) => name !== "csrfmiddlewaretoken");
    try {
      sessionStorage.setItem(key, JSON.stringify(pairs));
      status.textContent = form.dataset.draftKept;
    } catch {
      // A browser that stores nothing: the text stands in the form, and nothing is promised.
      status.textContent = "";
    }
  };

  const forget = () => {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // Nothing can be stored here, so nothing is.
    }
  };

  const save = async () => {
    waiting = 0;
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: typed(),
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: sending.signal,
      });
      if (answer.status === 409) {
        // Refused with a sentence, for example because another tab has kept its own text.
        keep();
        status.textContent = (await answer.json()).error;
        return;
      }
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
      if (answer.status === 200) {
        status.textContent = (await answer.json()).said;
      }
      forget();
    } catch (error) {
      if (error.name !== "AbortError" && !isSent) {
        keep();
      }
    }
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  };

  const restore = () => {
    let pairs = [];
    try {
      pairs = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    } catch {
      return;
    }
    if (!Array.isArray(pairs) || pairs.length === 0) {
      return;
    }
    for (const [name, value] of pairs) {
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) {
        field.value = value;
      } else if (field?.type === "checkbox") {
        field.checked = true;
      } else if (field) {
        field.value = value;
      }
    }
    save();
  };

  form.addEventListener("input", later);
  form.addEventListener("submit", () => {
    // What is sent is in the server's hands, also when the session is over.
    isSent = true;
    clearTimeout(waiting);
    sending?.abort();
    forget();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting && !isSent) {
      clearTimeout(waiting);
      save();
    }
  });
  restore();
}
