// The service worker of the Inspect page: caches its files, and serves them. Each version is cached completely: a newer
// one is fetched separately, and used once no page of the older one is open.
declare const FILES: string[];
declare const VERSION: string;

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  addEventListener<E extends ExtendableEvent>(type: string, listener: (event: E) => void): void;
}
const scope = self as unknown as Scope;
const PREFIX = "inspect ";
const NAME = PREFIX + VERSION;
const PAGE = "inspect.html";
const root = new URL(".", location.href).href;

async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  await Promise.all(
    FILES.map(async (file) => {
      const response = await fetch(root + file, { cache: "no-cache" });
      if (!response.ok) throw new Error(`${file}: ${response.status}`);
      // A host that removes `.html` redirects, and a page must not be a redirected response.
      await cache.put(root + file, new Response(await response.blob(), { headers: response.headers }));
    }),
  );
}

async function forget(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)),
  );
  await scope.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request.mode === "navigate" ? root + PAGE : request, { ignoreSearch: true });
  return kept ?? fetch(request);
}

scope.addEventListener("install", (event: ExtendableEvent) => event.waitUntil(keep()));
scope.addEventListener("activate", (event: ExtendableEvent) => event.waitUntil(forget()));
scope.addEventListener("fetch", (event: FetchEvent) => {
  const { method, url, mode } = event.request;
  if (method !== "GET" || !url.startsWith(root)) return;
  // Links to other pages go to the network.
  if (mode === "navigate" && !/\/inspect(\.html)?$/.test(new URL(url).pathname)) return;
  event.respondWith(answer(event.request));
});
