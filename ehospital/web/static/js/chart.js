// Plots: uPlot over the numbers that the page carries as JSON; the table beside each plot stays for everybody.
// <div class="plot" data-plot="plot-hr" data-trace="hr"> + <script id="plot-hr" type="application/json">
//   {"t": [epoch seconds], "v": [value or null], "low", "high", "lines": [], "shaded": [[from, to]], "zone"}
(() => {
  "use strict";
  if (!window.uPlot) return;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const HEIGHT = 112;
  let plots = [];

  const shade = (bands) => (u) => {
    for (const [from, to] of bands) {
      const top = u.valToPos(Math.min(to, u.scales.y.max), "y", true);
      const bottom = u.valToPos(Math.max(from, u.scales.y.min), "y", true);
      if (bottom <= top) continue;
      u.ctx.save();
      u.ctx.globalAlpha = 0.13;
      u.ctx.fillStyle = css("--n4-bg");
      u.ctx.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
      u.ctx.restore();
    }
  };

  const draw = (place) => {
    const block = document.getElementById(place.dataset.plot);
    if (!block) return;
    const data = JSON.parse(block.textContent);
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: data.zone });
    const axis = { stroke: css("--ink-2"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false }, font: "12px Plex, sans-serif" };
    place.textContent = "";
    // The range is clinical and fixed; it only grows, so that a value outside it is drawn, not cut off.
    const low = Math.min(data.low, ...data.v.filter((v) => v !== null));
    const high = Math.max(data.high, ...data.v.filter((v) => v !== null));
    plots.push(new uPlot({
      width: place.clientWidth, height: HEIGHT, legend: { show: false },
      cursor: { sync: { key: "vitals" }, points: { size: 6 } },
      scales: { y: { range: () => [low, high] } },
      axes: [
        { ...axis, size: 22, values: (u, marks) => marks.map((m) => clock.format(new Date(m * 1000))) },
        { ...axis, size: 36, splits: () => data.lines.filter((v) => v >= low && v <= high) },
      ],
      hooks: { drawClear: [shade(data.shaded)] },
      series: [{}, { stroke: css(`--t-${place.dataset.trace}`), width: 2, spanGaps: false, points: { show: data.t.length < 200, size: 4, fill: css("--card") } }],
    }, [data.t, data.v], place));
  };

  const build = () => {
    plots.forEach((plot) => plot.destroy());
    plots = [];
    document.querySelectorAll("[data-plot]").forEach(draw);
  };
  const fit = () => plots.forEach((plot) => plot.setSize({ width: plot.root.parentElement.clientWidth, height: HEIGHT }));
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(build); else build();
  // Colours are read from the tokens, so a change of theme draws anew, whoever changed it.
  new MutationObserver(build).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", build);
  document.body.addEventListener("htmx:afterSettle", (event) => { if (event.target.querySelector("[data-plot]")) build(); });
  addEventListener("resize", fit);
  addEventListener("beforeprint", fit);
})();
