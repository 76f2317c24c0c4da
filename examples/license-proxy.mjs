// A license proxy on Node's own HTTP server: the page posts the CDM's message without a token, and this adds it. POST
// /drm/{drmType}?content_id=…, with the message as the body, is forwarded to PallyCon; its response is returned
// unchanged.
//
//   PALLYCON_SITE_ID=… PALLYCON_SITE_KEY=… PALLYCON_ACCESS_KEY=… node license-proxy.mjs
import { createServer } from "node:http";
import { createLicenseToken, nodeListener, PallyConError } from "pallycon-drm/server";

const account = {
  siteId: process.env.PALLYCON_SITE_ID,
  siteKey: process.env.PALLYCON_SITE_KEY,
  accessKey: process.env.PALLYCON_ACCESS_KEY,
};
const licenseUrl = process.env.PALLYCON_LICENSE_URL ?? "https://drm-license.doverunner.com/ri/licenseManager.do";
const drmTypes = { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay" };

// Which user is it, and what may they play? Here a header names the user; a site checks its session.
const policyFor = (request, contentId) => {
  const userId = request.headers.get("x-user");
  return userId && contentId
    ? { userId, contentId, policy: { playback_policy: { license_duration: 3600 } } }
    : undefined;
};
const text = (status, message, headers = {}) =>
  new Response(message, { status, headers: { "cache-control": "no-store", ...headers } });

async function proxy(request) {
  const { pathname, searchParams } = new URL(request.url);
  const drmType = drmTypes[/^\/drm\/([a-z]+)$/.exec(pathname)?.[1] ?? ""];
  if (!drmType) return text(404, "POST /drm/widevine, /drm/playready or /drm/fairplay");
  if (request.method !== "POST") return text(405, "POST only", { allow: "POST" });
  const may = policyFor(request, searchParams.get("content_id"));
  if (!may) return text(403, "This user may not play this content.");
  try {
    const token = await createLicenseToken(account, { drmType, ...may });
    const headers = { "pallycon-customdata-v2": token };
    // The form of FairPlay, the XML of PlayReady: PallyCon reads the body by these. Cookies and other headers stay
    // here.
    for (const name of ["content-type", "soapaction"])
      if (request.headers.has(name)) headers[name] = request.headers.get(name);
    const body = await request.arrayBuffer();
    const answer = await fetch(licenseUrl, {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: AbortSignal.timeout(8000),
    });
    const type = answer.headers.get("content-type") ?? "application/octet-stream";
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: { "content-type": type, "cache-control": "no-store" },
    });
  } catch (error) {
    // The player tries again after 502 and 504, and not after 400.
    if (error instanceof PallyConError) return text(400, error.message);
    console.error(error);
    return text(error.name === "TimeoutError" ? 504 : 502, "The license server did not respond.");
  }
}

const server = createServer(nodeListener(proxy));
server.listen(Number(process.env.PORT ?? 8789), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/drm/`),
);
