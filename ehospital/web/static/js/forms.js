// What is answered opens and closes other questions, and moves totals. The server says which whenever it has kept the
// draft (`draft:kept`, see draft.js), so that there is one set of rules: items [data-item=name], totals [data-total=name].
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  form.addEventListener("draft:kept", ({ detail }) => {
    const open = new Set(detail.open);
    for (const item of form.querySelectorAll("[data-item]")) item.hidden = !open.has(item.dataset.item);
    for (const field of form.querySelectorAll("[data-item] :is(input, select, textarea)")) {
      field.disabled = field.closest("[data-item][hidden]") !== null;
    }
    for (const total of form.querySelectorAll("[data-total]")) {
      total.textContent = detail.totals[total.dataset.total] || "—";
      const note = total.closest(".note"), tone = detail.tones[total.dataset.total];
      note.classList.remove("ok", "warn", "bad");
      if (tone) note.classList.add(tone);
    }
  });
})();
