// Answers when there is no network: any page under /v becomes the offline page, which reads the QR's own object out of the address.

const CACHE = "jejak-verifier-1";
const SHELL = ["/v/offline?lang=id", "/v/offline?lang=en", "/v/style.css", "/v/icon.svg", "/v/guilloche.svg", "/v/offline.js", "/v/genuine.js", "/v/qr.js", "/v/trust.js",
  "/v/statuslist.js", "/v/shelf.js", "/v/fresh.js", "/v/camera.js", "/v/decoding.js", "/v/manifest.json", "/v/root.json"];
const DECODER = ["/v/zxing.js", "/v/zxing-share.js", "/v/zxing_reader.wasm"];
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await Promise.allSettled(DECODER.map((path) => cache.add(path)));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("jejak-verifier-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if ([...SHELL, ...DECODER].includes(url.pathname)) event.respondWith(asset(event.request, url));
});

async function page(request, url) {
  try {
    const answer = await Promise.race([fetch(request), new Promise((_, late) => setTimeout(() => late(new Error("late")), PATIENCE))]);
    if (answer.status < 500) return answer;
  } catch { /* no network, or none to speak of */ }
  const wished = url.searchParams.get("lang") ?? request.headers.get("accept-language") ?? "";
  const shell = await caches.match(`/v/offline?lang=${wished.startsWith("en") ? "en" : "id"}`);
  return new Response(shell.body, { status: 200, headers: shell.headers });
}

async function asset(request, url) {
  const kept = await caches.match(url.pathname);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await (await caches.open(CACHE)).put(url.pathname, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  fresh.catch(() => {});
  return kept;
}
