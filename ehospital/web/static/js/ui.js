// What every page can do a little better with a script. Without it, each of these is a link, a form or a <details>.
(() => {
  "use strict";
  const root = document.documentElement;
  const block = document.getElementById("words");
  const words = block ? JSON.parse(block.textContent) : {};

  // Theme: change at once, tell the server in the background, fall back to the form's own way when that fails.
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  const showTheme = () => {
    document.querySelectorAll("[data-theme-toggle]").forEach((b) => {
      b.setAttribute("aria-pressed", String(dark()));
      b.value = dark() ? "light" : "dark";
    });
    document.querySelectorAll("[data-theme-form] .seg [name=theme]").forEach((b) => {
      b.setAttribute("aria-pressed", String(b.value === (root.dataset.theme || "auto")));
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const value = event.submitter.value;
    const body = new FormData(form);
    body.set("theme", value);
    fetch(form.action, { method: "POST", body, headers: { "X-Quiet": "1" }, credentials: "same-origin" }).catch(() => {});
    if (value === "auto") delete root.dataset.theme;
    else root.dataset.theme = value;
    showTheme();
  });
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", showTheme);
  showTheme();

  // Ctrl K (and ⌘ K) goes to the search; Escape closes an open menu and gives the focus back.
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const search = document.querySelector("[data-hotkey=k]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
    }
  });

  // The answers below the search: the arrows walk through them, Escape puts them away, leaving the search hides them.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("form.search");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!form || (!step && event.key !== "Escape")) return;
    const stops = [form.elements.q, ...form.querySelectorAll(".answers a")];
    if (step) stops[(stops.indexOf(event.target) + step + stops.length) % stops.length].focus();
    else { form.querySelector(".answers").replaceChildren(); form.elements.q.focus(); }
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    // A whole card or row leads where its first link leads, unless something in it was meant or text was marked.
    const card = event.target.closest("[data-go]");
    if (card && !event.target.closest("a,button,input,select,textarea,label,summary") && !String(getSelection())) {
      const link = card.querySelector("a[href]");
      if (link) link.click();
    }
  });

  // Tables that stand open for those without a script fold away.
  const fold = (scope) => {
    scope.querySelectorAll("details.plot-table[open]").forEach((d) => { d.open = false; });
  };
  fold(document);
  const focusErrors = (scope) => { const first = scope.querySelector("[data-focus]"); if (first) first.focus(); };
  focusErrors(document);

  // The hospital's clock, whatever the computer's zone says.
  const clocks = document.querySelectorAll("[data-clock]");
  if (clocks.length) {
    const write = () => {
      clocks.forEach((el) => {
        el.textContent = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: el.dataset.clock }).format(new Date());
      });
      setTimeout(write, 60050 - (Date.now() % 60000));
    };
    write();
  }

  // Messages: text only, closable, never in the way.
  const list = document.getElementById("messages");
  const say = (text, kind) => {
    if (!list || !text) return;
    const item = document.createElement("div");
    item.className = "msg " + (["ok", "warn", "bad", "info"].includes(kind) ? kind : "info");
    const line = document.createElement("p");
    line.textContent = text;
    item.append(line);
    closable(item);
    list.append(item);
  };
  const closable = (item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "×";
    button.setAttribute("aria-label", words.close || "×");
    button.addEventListener("click", () => item.remove());
    item.append(button);
  };
  if (list) list.querySelectorAll(".msg").forEach(closable);
  document.body.addEventListener("message", (event) => say(event.detail && event.detail.text, event.detail && event.detail.kind));

  // htmx: say what went wrong, keep what was typed, look after what came in.
  document.body.addEventListener("htmx:sendError", () => say(words.not_sent, "bad"));
  document.body.addEventListener("htmx:timeout", () => say(words.not_sent, "bad"));
  document.body.addEventListener("htmx:responseError", (event) => {
    const number = event.detail.xhr.getResponseHeader("X-Request-Number") || "–";
    say((words.refused || "").replace("{number}", number), "bad");
  });
  document.body.addEventListener("htmx:afterSettle", (event) => { fold(event.target); focusErrors(event.target); });
  // An alert that somebody took on is counted no more: whatever counts them is fetched again.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { successful, requestConfig } = event.detail;
    if (successful && requestConfig.verb === "post" && requestConfig.elt.closest("[data-alert-id]")) {
      document.body.dispatchEvent(new CustomEvent("taken", { bubbles: true }));
    }
  });
  // Whoever takes an alert on by keyboard stays on that alert, though its button has gone.
  let acted = "";
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const card = document.activeElement.closest("[data-alert-id]");
    if (card && (event.detail.target === card || event.detail.target.contains(card))) acted = card.dataset.alertId;
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const card = acted && document.activeElement === document.body && document.querySelector(`[data-alert-id="${CSS.escape(acted)}"]`);
    const next = card && card.querySelector("a[href],button");
    if (next) next.focus();
    acted = "";
  });

  // What a browser can print is offered as a button, and a quick pick fills the field that it names.
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
    if (button.autofocus) button.focus(); // what was hidden while the page loaded was passed over
  });
  document.querySelectorAll("[data-fill]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.fill);
      field.value = button.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  });
})();
