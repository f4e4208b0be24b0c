// A form is kept at every answer, two seconds after the last key, and once more when the page goes away. What is answered
// opens and closes other questions: the server says which, so that there is one set of rules.
// <form data-form="address"> with fields version and editor, items [data-item=name], totals [data-total=name], and a
// [data-form-state] line. Everything that is sent has a number (`turn`): the last one stands, in whatever order they arrive.
(() => {
  "use strict";
  const form = document.querySelector("form[data-form]");
  if (!form) return;
  const version = form.elements.namedItem("version");
  const state = form.querySelector("[data-form-state]");
  const PAUSE = 2000, AGAIN = 10000;
  let turn = 0, timer = 0, sending = false, over = false, leaving = false;

  const say = (words) => { if (words) state.textContent = words; };
  const held = () => {
    const data = new FormData(form);
    for (const name of ["version", "csrfmiddlewaretoken", "turn"]) data.delete(name);
    return new URLSearchParams(data).toString();
  };
  let kept = held();
  const dirty = () => !over && held() !== kept;
  const body = () => {
    const data = new FormData(form);
    turn += 1;
    data.set("turn", String(turn));
    return data;
  };
  const soon = (after) => { clearTimeout(timer); timer = setTimeout(keep, after); };

  function show(told) {
    const open = new Set(told.open);
    for (const item of form.querySelectorAll("[data-item]")) item.hidden = !open.has(item.dataset.item);
    for (const field of form.querySelectorAll("[data-item] :is(input, select, textarea)")) {
      field.disabled = field.closest("[data-item][hidden]") !== null;
    }
    for (const total of form.querySelectorAll("[data-total]")) total.textContent = told.totals[total.dataset.total] || "—";
  }

  async function keep() {
    if (!dirty() || sending) return;
    sending = true;
    let next = PAUSE;
    const sent = held();
    say(form.dataset.keeping);
    try {
      const answer = await fetch(form.dataset.form, { method: "POST", body: body(), credentials: "same-origin", redirect: "manual" });
      if (answer.ok) {
        const told = await answer.json();
        const same = held() === sent;
        version.value = told.version;
        kept = sent;
        show(told);
        if (same) kept = held();
        say(told.said);
        next = 0;
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

  form.addEventListener("input", () => soon(PAUSE));
  form.addEventListener("change", () => soon(0));
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    turn += 1;
    form.elements.namedItem("turn").value = String(turn); // what is still on its way came before
  });
  addEventListener("pagehide", () => {
    if (dirty() && !leaving) navigator.sendBeacon(form.dataset.form, body());
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && held() !== kept && (over || !navigator.onLine)) event.preventDefault();
  });
})();
