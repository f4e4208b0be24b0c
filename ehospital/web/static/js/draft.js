// A draft is kept while it is typed: at every answer, two seconds after the last key, and once more when the page goes
// away. <form data-draft="address" data-keeping="" data-failed=""> with fields version, editor and a [data-draft-state]
// line. Every word that is sent has a number (`turn`): the last one stands, in whatever order they arrive. What the answer
// tells of versions goes into the fields of those names, its `warnings` into a [data-draft-warnings] list; all of it goes
// out as the event `draft:kept` of the form.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const OWN = new Set(["csrfmiddlewaretoken", "version", "note_version", "editor", "turn"]);
  const written = () => JSON.stringify([...new FormData(form)].filter(([name]) => !OWN.has(name)));
  const state = form.querySelector("[data-draft-state]");
  const warnings = form.querySelector("[data-draft-warnings]");
  const PAUSE = 2000, AGAIN = 10000;
  let kept = written(), turn = 0, timer = 0, sending = false, hurry = false, over = false, leaving = false;

  const say = (words) => { if (words) state.textContent = words; };
  const warn = (said) => {
    if (!warnings || !said) return;
    warnings.replaceChildren(...said.map((words) => {
      const line = document.createElement("li");
      line.textContent = words;
      line.dir = "auto";
      return line;
    }));
    warnings.closest("[data-draft-warned]").hidden = said.length === 0;
  };
  const tell = (told) => {
    for (const name of ["version", "note_version"]) if (name in told && form.elements[name]) form.elements[name].value = told[name];
    say(told.said);
    warn(told.warnings);
    form.dispatchEvent(new CustomEvent("draft:kept", { detail: told }));
  };
  const dirty = () => !over && written() !== kept;
  const body = () => {
    const data = new FormData(form);
    turn += 1;
    data.set("turn", String(turn));
    return data;
  };
  const soon = (after) => { clearTimeout(timer); timer = setTimeout(keep, after); };

  async function keep() {
    if (!dirty() || sending) return;
    sending = true;
    hurry = false;
    let next = PAUSE;
    const sent = written();
    say(form.dataset.keeping);
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), credentials: "same-origin", redirect: "manual" });
      if (answer.ok) {
        const told = await answer.json();
        const same = written() === sent;
        tell(told);
        kept = same ? written() : sent; // questions that opened or closed are not words of the person
      } else if (answer.status === 409) {
        over = true;
        say((await answer.json()).said);
      } else {
        over = answer.status === 404;
        next = AGAIN;
        say(over ? form.dataset.gone : form.dataset.failed);
      }
    } catch {
      next = AGAIN;
      say(form.dataset.failed);
    }
    sending = false;
    if (dirty()) soon(hurry && next === PAUSE ? 0 : next);
  }

  form.addEventListener("input", () => soon(PAUSE));
  form.addEventListener("change", () => {
    hurry = true;
    soon(0);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    if (form.elements.turn) form.elements.turn.value = String(turn + 1);
  });
  addEventListener("pagehide", () => {
    if (dirty() && !leaving) navigator.sendBeacon(form.dataset.draft, body());
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && written() !== kept && (over || !navigator.onLine)) event.preventDefault();
  });
})();
