// A shared computer: locks itself when nobody has moved for its time, and says that somebody types.
(() => {
  const form = document.getElementById("lock-form");
  if (!form) return;
  const idle = Number(form.dataset.idleSeconds) * 1000;
  let last = Date.now(), told = Date.now();
  const moved = () => {
    last = Date.now();
    if (last - told > Math.min(60000, idle / 2)) {
      told = last;
      fetch(form.dataset.here, { method: "POST", keepalive: true, body: new FormData(form) }).catch(() => {});
    }
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    addEventListener(kind, moved, { passive: true });
  }
  setInterval(() => { if (Date.now() - last >= idle) { last = Date.now(); form.requestSubmit(); } }, 1000);
})();
