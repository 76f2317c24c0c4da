// The callback page of an account of the callback type, on Node's own HTTP server: PallyCon asks it for a user's
// rights.
//
//   PALLYCON_SITE_ID=… PALLYCON_SITE_KEY=… node callback-server.mjs
import { createServer } from "node:http";
import { callbackHandler, nodeListener } from "pallycon-drm/server";

const account = { siteId: process.env.PALLYCON_SITE_ID, siteKey: process.env.PALLYCON_SITE_KEY };

// A site checks its own orders. Here the user "guest" has none.
const callback = callbackHandler(account, ({ userId, contentId, drmType }) => {
  if (userId === "guest") return { error: { code: "NO_ORDER", message: `No order for ${contentId}` } };
  const hardware = drmType === "Widevine" ? [{ track_type: "UHD1", widevine: { security_level: 5 } }] : [];
  return { policy: { playback_policy: { license_duration: 3600 }, security_policy: hardware } };
});

const server = createServer(nodeListener(callback));
server.listen(Number(process.env.PORT ?? 8788), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/`),
);
