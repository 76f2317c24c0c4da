// A token backend on Node's own HTTP server. The account comes from the environment:
//
//   PALLYCON_SITE_ID=… PALLYCON_SITE_KEY=… PALLYCON_ACCESS_KEY=… node token-server.mjs
//   curl 'http://127.0.0.1:8787/api/drm/token?content_id=film-1&drm=widevine' -H 'x-user: ann'
import { createServer } from "node:http";
import { nodeListener, tokenHandler } from "pallycon-drm/server";

const account = {
  siteId: process.env.PALLYCON_SITE_ID,
  siteKey: process.env.PALLYCON_SITE_KEY,
  accessKey: process.env.PALLYCON_ACCESS_KEY,
};

// Which user is it, and what may they play? Here a header names the user; a site checks its session.
const token = tokenHandler(account, ({ request }) => {
  const userId = request.headers.get("x-user");
  return userId ? { userId, policy: { playback_policy: { license_duration: 3600 } } } : null;
});

const server = createServer(
  nodeListener((request) =>
    new URL(request.url).pathname === "/api/drm/token" ? token(request) : new Response(null, { status: 404 }),
  ),
);
server.listen(Number(process.env.PORT ?? 8787), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/api/drm/token`),
);
