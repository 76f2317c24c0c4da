import { tokenHandler } from "pallycon-drm/server";
import { userOf } from "../../../../session.js"; // yours: returns the signed-in user

const { PALLYCON_SITE_ID: siteId = "", PALLYCON_SITE_KEY: siteKey = "", PALLYCON_ACCESS_KEY: accessKey } = process.env;

export const GET = tokenHandler({ siteId, siteKey, accessKey }, async ({ request }) => {
  const userId = await userOf(request);
  return userId ? { userId } : null; // null: 403
});
