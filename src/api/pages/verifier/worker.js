// Opens the verifier page without a network. What the page needs besides, it keeps by itself.

const SHELF = "press-registry";
/** How long the network is waited for, in milliseconds. */
const PATIENCE = 1000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request;
  // The QR says /V, links say /v. Everything else is none of our business.
  const isVerifier = /^\/v$/i.test(new URL(url).pathname);
  if (mode === "navigate" && method === "GET" && isVerifier) event.respondWith(page(event));
});

async function page(event) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match("/v", { ignoreVary: true });
  const fresh = fetch(event.request).then(async (answer) => {
    if (answer.ok) await shelf.put("/v", answer.clone()).catch(() => {});
    return answer;
  });
  if (!kept) return fresh;
  // What comes late is for the next time.
  event.waitUntil(fresh.catch(() => {}));
  const over = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  return Promise.race([fresh.then((answer) => (answer.ok ? answer : kept)).catch(() => kept), over.then(() => kept)]);
}
