// A draft is kept while it is typed: two seconds after the last key, and once more when the page goes away.
// <form data-draft="address" data-keeping="" data-failed=""> with fields text, version, editor and a [data-draft-state] line.
// Every word that is sent has a number (`turn`): the last one stands, in whatever order they arrive.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const { text, version } = form.elements;
  const state = form.querySelector("[data-draft-state]");
  const PAUSE = 2000, AGAIN = 10000;
  let kept = text.defaultValue, turn = 0, timer = 0, sending = false, over = false, leaving = false;

  const say = (words) => { if (words) state.textContent = words; };
  const dirty = () => !over && text.value !== kept;
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
    let next = PAUSE;
    const sent = text.value;
    say(form.dataset.keeping);
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), credentials: "same-origin", redirect: "manual" });
      if (answer.ok) {
        const told = await answer.json();
        version.value = told.version;
        kept = sent;
        say(told.said);
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
    if (dirty()) soon(next);
  }

  text.addEventListener("input", () => soon(PAUSE));
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  addEventListener("pagehide", () => {
    if (dirty() && !leaving) navigator.sendBeacon(form.dataset.draft, body());
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== kept && (over || !navigator.onLine)) event.preventDefault();
  });
})();
