// Trusted Types: this page's policy lets no string become a script. The page needs two URLs, and only these pass.

interface Policy {
  createScriptURL(url: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
const OFFLINE = new URL("sw.js", location.href).href;

const policy = factory?.createPolicy("inspect", {
  createScriptURL(url) {
    if (url === OFFLINE || url.startsWith(`blob:${location.origin}/`)) return url;
    throw new TypeError(`${url} is not a script of this page.`);
  },
});

/** The URL of the worker's script. */
export const scriptUrl = (url: string): string => (policy ? (policy.createScriptURL(url) as string) : url);

/** Registers the service worker, which makes the page available offline. */
export function keepOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  const register = () =>
    void navigator.serviceWorker
      .register(scriptUrl(OFFLINE), { scope: "inspect" })
      .catch((error: unknown) => console.info("The page will need the network:", error));
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register);
}
