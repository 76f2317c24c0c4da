// The README's page.
import { createPallyCon } from "pallycon-drm";
import { attachShaka } from "pallycon-drm/shaka";
import { CONTENT_ID, LICENSE_HOST, play, token } from "./common.js";

const events = [];
const pallycon = await createPallyCon({
  siteId: "DEMO",
  host: LICENSE_HOST,
  contentId: CONTENT_ID,
  customData: token,
  onEvent: (event) => events.push(event),
});
await play((player) => attachShaka(player, pallycon));
