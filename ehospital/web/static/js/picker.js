// Codes for words: while somebody types into the words of a fact or into its code, the likeliest codes are offered.
// <input data-code-picker="icd10" data-codes="address" data-offered="… codes are offered"> beside an input called
// words. Without this script, or without a table of codes, both are plain fields.
(() => {
  "use strict";
  const PAUSE = 120, SHORTEST = 2;

  for (const code of document.querySelectorAll("input[data-code-picker][data-codes]")) {
    const words = code.form.elements.namedItem("words");
    for (const field of words ? [words, code] : [code]) combine(field, code, words);
  }

  function combine(field, code, words) {
    const list = document.createElement("ul");
    list.id = `${field.id}-codes`;
    list.className = "picker";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", code.dataset.offered);
    list.hidden = true;
    field.after(list);
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })
      .forEach(([name, value]) => field.setAttribute(name, value));
    let timer = 0, asked = null, at = -1;

    const close = () => {
      asked?.abort();
      clearTimeout(timer);
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      const options = [...list.children];
      at = (next + options.length) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
      field.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => {
      code.value = option.dataset.code;
      if (words) words.value = option.dataset.words;
      close();
      for (const one of [code, words]) one?.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    };
    const show = (found) => {
      list.replaceChildren(...found.map((one, index) => {
        const option = document.createElement("li"), key = document.createElement("b"), said = document.createElement("span");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        Object.assign(option.dataset, one);
        key.textContent = one.code;
        key.dir = "ltr";
        said.textContent = one.words;
        said.dir = "auto";
        option.append(key, " ", said);
        return option;
      }));
      list.hidden = found.length === 0;
      at = -1;
      field.setAttribute("aria-expanded", String(found.length > 0));
    };
    async function ask() {
      asked?.abort();
      const mine = asked = new AbortController();
      try {
        const answer = await fetch(`${code.dataset.codes}?q=${encodeURIComponent(field.value)}`, { signal: mine.signal });
        if (answer.ok) show((await answer.json()).codes);
      } catch {
        // Somebody typed on, or the line is gone: the fields work without.
      }
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (field.value.trim().length < SHORTEST) close();
      else timer = setTimeout(ask, PAUSE);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
      else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    // A press would take the focus away before the click comes.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    field.addEventListener("blur", close);
  }
})();
