// Subscribes this browser for push messages and hands what it says to the form; the server judges all over again.
(() => {
  "use strict";
  const form = document.getElementById("push");
  if (!form) return;
  const words = JSON.parse(document.getElementById("push-words").textContent);
  const trouble = form.querySelector("[data-push-trouble]");
  const say = (text) => { trouble.textContent = text; trouble.hidden = !text; };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const name = () => {
    const agent = navigator.userAgent;
    const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((one) => agent.includes(one + "/")) || "?";
    const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((one) => agent.includes(one)) || "?";
    return (browser === "Edg" ? "Edge" : browser) + " · " + system;
  };
  const subscribe = async () => {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) throw new Error(words.unable);
    if (await Notification.requestPermission() !== "granted") throw new Error(words.denied);
    const worker = await navigator.serviceWorker.register(form.dataset.worker);
    const ready = worker.active ? worker : await new Promise((resolve) => {
      const rising = worker.installing || worker.waiting;
      rising.addEventListener("statechange", () => { if (rising.state === "activated") resolve(worker); });
    });
    const known = await ready.pushManager.getSubscription();
    if (known) await known.unsubscribe();
    return ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) });
  };
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    say("");
    try {
      const said = (await subscribe()).toJSON();
      form.elements.endpoint.value = said.endpoint;
      form.elements.p256dh.value = said.keys.p256dh;
      form.elements.auth.value = said.keys.auth;
      form.elements.name.value = name();
      form.submit();
    } catch (problem) {
      say(problem instanceof DOMException ? words.failed : problem.message);
    }
  });
})();
