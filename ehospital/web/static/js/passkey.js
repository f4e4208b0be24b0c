// A key that does not answer is said in words, beside the button: <div data-passkey-failed data-elsewhere="" hidden> with a
// [data-words] line. `data-elsewhere` is for an address at which no passkey can work.
(() => {
  "use strict";
  document.addEventListener("allauth.error", (event) => {
    const note = document.querySelector("[data-passkey-failed]");
    if (!note) return;
    event.preventDefault();
    const words = note.querySelector("[data-words]");
    note.dataset.usual = note.dataset.usual || words.textContent;
    const elsewhere = event.detail.exception && event.detail.exception.name === "SecurityError";
    words.textContent = elsewhere ? note.dataset.elsewhere : note.dataset.usual;
    note.hidden = false;
  });
})();
