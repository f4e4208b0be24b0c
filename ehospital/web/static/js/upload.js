// A file that is too large is told of before it is sent; the server judges all over again.
(() => {
  "use strict";
  const input = document.querySelector("input[type=file][data-most-bytes]");
  if (!input) return;
  const error = document.querySelector("[data-file-error]");
  const judge = () => {
    const large = Array.from(input.files).some((file) => file.size > Number(input.dataset.mostBytes));
    error.hidden = !large;
    error.textContent = large ? input.form.dataset.tooLarge : "";
    return !large;
  };
  input.addEventListener("change", judge);
  input.form.addEventListener("submit", (event) => {
    if (!judge()) { event.preventDefault(); input.focus(); }
  });
})();
