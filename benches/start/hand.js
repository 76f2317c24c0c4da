// The same page by hand, as in Shaka's tutorial and the vendor's sample: a server, and a filter that sets the
// header.
import shaka from "shaka-player";
import { CONTENT_ID, LICENSE_HOST, play, token } from "./common.js";

await play(async (player) => {
  player.configure({ drm: { servers: { "com.widevine.alpha": `${LICENSE_HOST}/ri/licenseManager.do` } } });
  player.getNetworkingEngine().registerRequestFilter(async (type, request) => {
    if (type !== shaka.net.NetworkingEngine.RequestType.LICENSE) return;
    request.headers["pallycon-customdata-v2"] = await token({ drm: "widevine", contentId: CONTENT_ID });
  });
});
