// The local server, as this page uses it. Each page has a run of its own, so that one tab's faults are not another's.

const inRun = /^.*\/r\/[\w-]+\//.exec(location.pathname)?.[0];
const ownRun = () => `${location.pathname.replace(/[^/]*$/, "")}r/demo-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}/`;

/** Ends with a slash. */
export const base = new URL(inRun ?? ownRun(), location.origin).href;

async function call(path, options) {
  const response = await fetch(new URL(path, base), { cache: "no-store", ...options });
  if (!response.ok) throw new Error(`The local server answered ${response.status} for ${path.split("?")[0]}.`);
  return response;
}

export const catalog = async () => (await call("api/catalog")).json();
export const media = (path) => new URL(`media/${path}`, base).href;
export const setFaults = (faults) => call("api/faults", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(faults) });

/** What a site's own backend does after its own sign-in check: a token for this content and this DRM. */
export async function token(contentId, drm, signal) {
  return (await call(`api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, { signal })).text();
}
