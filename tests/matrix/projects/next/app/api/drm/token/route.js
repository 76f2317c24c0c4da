import { tokenHandler } from "pallycon-drm/server";

const { PALLYCON_SITE_ID: siteId = "", PALLYCON_SITE_KEY: siteKey = "", PALLYCON_ACCESS_KEY: accessKey } = process.env;

// Your session and your rights decide: null is answered with 403.
const authorize = ({ request }) => ({ userId: request.headers.get("x-user") ?? "guest" });

export const GET = tokenHandler({ siteId, siteKey, accessKey }, authorize);
