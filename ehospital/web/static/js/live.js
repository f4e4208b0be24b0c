// The one event stream of a tab. Patches text and data attributes only, says honestly whether it is live.
//
// Page:    <p id="link" data-live-url="/live/?ticket=…" data-live-renew="/…/"> (kit/link_state.html); renew answers
//          {"url": "/live/?ticket=…"}; 401, 403 or a redirect mean that the person is signed out.
// Stream:  vitals {"bed","patient","at","v":{},"parts":{},"news":{"score","band","partial","missing","trend"},"state"}
//          alert  {"alert","patient","bed","state":"opened|updated|acknowledged|closed"}
//          bed    {"bed"}: filled or left;  resync {}: something was lost
//          notice {}: other notices wait for this person;
//          beat   {"at"} every 2 s; `at` is milliseconds since 1970.
// Marks:   [data-vitals] with [data-bed] or [data-patient] is patched: [data-cell], [data-k], [data-dots], [data-news].
// Tells:   body gets the events `alert` (hx-trigger="alert from:body"), `notice` and `catchup` (after a gap: fetch again). The first
//          gap is that between the drawing of the page and the opening of its stream.
(() => {
  "use strict";
  const link = document.getElementById("link");
  if (!link || !link.dataset.liveUrl || !window.EventSource) return;
  const words = JSON.parse(document.getElementById("words").textContent);
  const STALE_MS = 5000, RENEW_MS = 4 * 60 * 1000, FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 15000, CATCH_UP_MS = 5000;
  const root = document.documentElement;
  let source = null, url = link.dataset.liveUrl, state = "", heard = performance.now(), heardAt = Date.now();
  let nearest = Infinity, late = 0, wait = FIRST_WAIT_MS, retry = 0, renewal = 0, gap = false, leaving = false, asked = -Infinity, later = 0;

  const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  const fetchNow = () => {
    clearTimeout(later);
    later = 0;
    asked = performance.now();
    tell("catchup", {});
  };
  // Not every message of a storm fetches, but the last one never goes unheard.
  const catchUp = () => {
    const rest = asked + CATCH_UP_MS - performance.now();
    if (rest <= 0) fetchNow();
    else if (!later) later = setTimeout(fetchNow, rest);
  };
  const clock = document.querySelector("[data-clock]");
  const timeOf = (date) => new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: clock ? clock.dataset.clock : undefined,
  }).format(date);

  const show = (next) => {
    if (next === state) return;
    state = next;
    root.dataset.link = link.dataset.state = next;
    link.querySelector("[data-link-word]").textContent = words[next];
    const bar = document.querySelector("[data-stale-words]");
    if (bar) {
      bar.textContent = next === "stale" ? words.stale_since.replace("{time}", timeOf(new Date(heardAt))) : next === "ended" ? words.ended_why : "";
    }
    if (next === "live" && gap) { gap = false; fetchNow(); }
    if (next !== "live") gap = true;
  };

  // A beat that comes late through a full pipe is not news: its delay is judged against the fastest one seen. When all
  // of them stay late (this computer's clock may have jumped), a new connection starts the measure again.
  const beat = (at) => {
    const delay = Date.now() - at;
    nearest = Math.min(nearest, delay);
    if (delay - nearest > STALE_MS) {
      late += 1;
      if (late >= 8) { late = 0; nearest = Infinity; renew(); }
      return;
    }
    late = 0;
    heard = performance.now();
    heardAt = Date.now();
    wait = FIRST_WAIT_MS;
    show("live");
  };
  // Both clocks, because one of them stands still while a laptop sleeps.
  const watch = () => {
    if (state === "ended") return;
    if (performance.now() - heard > STALE_MS || Date.now() - heardAt > STALE_MS) show("stale");
  };

  const open = () => {
    const fresh = new EventSource(url);
    const old = source;
    source = fresh;
    fresh.addEventListener("open", () => { if (old) old.close(); });
    fresh.addEventListener("beat", (event) => beat(JSON.parse(event.data).at));
    fresh.addEventListener("vitals", (event) => patch(JSON.parse(event.data)));
    fresh.addEventListener("alert", (event) => tell("alert", JSON.parse(event.data)));
    fresh.addEventListener("notice", () => tell("notice", {}));
    // A bed was filled or left, or events were lost on their way: what the page shows is fetched again, at once.
    for (const name of ["bed", "resync"]) fresh.addEventListener(name, fetchNow);
    fresh.addEventListener("error", () => {
      if (fresh !== source || leaving) return;
      fresh.close();
      if (old) old.close();
      if (state === "live" || state === "connecting") show("reconnecting");
      clearTimeout(retry);
      retry = setTimeout(renew, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
    clearTimeout(renewal);
    renewal = setTimeout(renew, RENEW_MS);
  };

  const renew = async () => {
    try {
      const answer = await fetch(link.dataset.liveRenew, { credentials: "same-origin", redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403 || answer.status === 404) {
        if (source) source.close();
        show("ended");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      url = (await answer.json()).url;
      open();
    } catch {
      clearTimeout(retry);
      retry = setTimeout(renew, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  };

  // ---- patching ----
  const text = (el, value) => { if (el && el.textContent !== value) el.textContent = value; };
  const set = (el, name, value) => { if (el && el.getAttribute(name) !== value) el.setAttribute(name, value); };
  const TENTHS = { temp: 1, weight: 1 };
  const written = (key, value) => {
    if (value === null || value === undefined) return "?";
    if (typeof value === "string") return words[value] || value;
    // Half up on the decimal digits, as the server writes it: 37.15 is 37.2 here too.
    const digits = TENTHS[key] || 0;
    return Number(Math.round(Number(value + "e" + digits)) + "e-" + digits).toFixed(digits);
  };

  const patchNews = (chip, news, silent) => {
    if (!chip) return;
    const low = news.band === "zero" || news.band === "low";
    const missing = (news.missing || []).map((key) => words[key] || key).join(", ");
    const lacking = missing ? words.news_missing.replace("{names}", missing) : "";
    const unknown = silent || news.score === null || news.score === undefined || !news.band || news.band === "unknown" || (news.partial && low);
    const band = unknown ? "unknown" : news.band;
    set(chip, "data-band", band);
    chip.toggleAttribute("data-partial", Boolean(news.partial));
    text(chip.querySelector("[data-news-text]"), unknown ? "?" : news.score + (news.partial ? "?" : ""));
    text(chip.querySelector("[data-news-mark]"), { lowmed: "!", medium: "!", high: "!!" }[band] || "");
    text(chip.querySelector("[data-news-arrow]"), unknown ? "" : { up: "▲", down: "▼" }[news.trend] || "");
    const phrase = unknown
      ? [words.news_unknown, silent ? words.no_signal : "", lacking]
      : [words[news.partial ? "news_partial" : "news_known"].replace("{score}", news.score).replace("{risk}", words["risk_" + band]), words[news.trend] || "", lacking];
    text(chip.querySelector("[data-news-words]"), phrase.filter(Boolean).join(", "));
    return band;
  };

  const patchCell = (cell, message) => {
    const key = cell.dataset.cell, missing = (message.news && message.news.missing) || [];
    // A probe on the finger counts the pulse where no lead counts the heart.
    const from = key === "hr" && !("hr" in message.v) && "pulse" in message.v ? "pulse" : key;
    const given = from in message.v;
    if (!given && !missing.includes(key)) return;
    const value = given ? message.v[from] : undefined;
    const gone = value === null || value === undefined;
    // Oxygen is scored beside the saturation: the dots add up, the colour is that of the higher one.
    const part = (name) => (gone ? 0 : (message.parts && message.parts[name]) || 0);
    const extra = key === "spo2" ? part("oxygen") : 0;
    const points = part(key) + extra;
    if (given) {
      text(cell.querySelector(`[data-k="${key}"]`), written(key, value));
      const second = cell.querySelector('[data-k="dbp"]');
      if (second && "dbp" in message.v) text(second, written("dbp", message.v.dbp));
    }
    const oxygen = cell.querySelector("[data-oxygen]");
    if (oxygen && "oxygen" in message.v) oxygen.hidden = !message.v.oxygen;
    set(cell, "data-s", String(Math.max(part(key), extra)));
    set(cell, "data-state", given && gone ? "missing" : missing.includes(key) ? "old" : "live");
    text(cell.querySelector("[data-dots]"), "•".repeat(points));
    const said = points ? words.points.replace("{points}", points) : given && gone ? words.not_measured : "";
    text(cell.querySelector("[data-cell-words]"), said ? ", " + said : "");
  };

  const patch = (message) => {
    const silent = message.state === "silent";
    const marks = [];
    if (message.bed) marks.push(`[data-vitals][data-bed="${CSS.escape(message.bed)}"]`);
    if (message.patient) marks.push(`[data-vitals][data-patient="${CSS.escape(message.patient)}"]`);
    if (!marks.length) return;
    if (message.bed && document.querySelector(`[data-bed="${CSS.escape(message.bed)}"]:not([data-vitals])`)) catchUp();
    document.querySelectorAll(marks.join(",")).forEach((place) => {
      // A bed that somebody else lies in now is drawn anew by the page, never patched with another patient's values.
      if (message.patient && place.dataset.patient !== message.patient) { catchUp(); return; }
      const last = Number(place.dataset.at || 0);
      if (message.at < last) return;
      place.dataset.at = String(message.at);
      set(place, "data-state", message.state);
      place.querySelectorAll("[data-cell]").forEach((cell) => patchCell(cell, message));
      if (message.news || silent) {
        const band = patchNews(place.querySelector("[data-news]"), message.news || {}, silent);
        if (band && place.hasAttribute("data-band")) set(place, "data-band", band);
      }
      const flag = place.querySelector("[data-bed-words]");
      if (flag) {
        flag.hidden = message.state === "live";
        text(flag.querySelector("[data-bed-text]"), silent ? words.no_signal : message.state === "partial" ? words.incomplete : "");
      }
    });
    count();
  };

  // The tally counts what the board shows: an unknown bed never counts as a zero.
  const count = () => {
    document.querySelectorAll("[data-tally]").forEach((place) => {
      const scope = place.closest("[data-tally-of]");
      const board = document.getElementById(scope ? scope.dataset.tallyOf : "board");
      if (board) text(place, String(board.querySelectorAll(`[data-bed][data-band="${place.dataset.tally}"]`).length));
    });
  };

  // New alerts are announced once: a high one at once, the others politely.
  const known = new Set();
  const listen = (quiet) => document.querySelectorAll("[data-alert-id]").forEach((el) => {
    if (known.has(el.dataset.alertId)) return;
    known.add(el.dataset.alertId);
    if (quiet || el.dataset.state !== "opened") return;
    const region = document.getElementById(el.dataset.priority === "high" ? "say-now" : "say");
    if (region) region.textContent = el.dataset.say || "";
  });
  listen(true);
  document.body.addEventListener("htmx:afterSettle", () => listen(false));

  setInterval(watch, 500);
  document.addEventListener("visibilitychange", watch);
  addEventListener("online", () => { if (state !== "live" && state !== "ended") { clearTimeout(retry); wait = FIRST_WAIT_MS; renew(); } });
  addEventListener("pagehide", () => { leaving = true; if (source) source.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; gap = true; renew(); } });
  show("connecting");
  open();
})();
