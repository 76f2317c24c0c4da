// What every recipe needs of the site: its account, and who may play what.
export const account = {
  siteId: process.env.PALLYCON_SITE_ID,
  siteKey: process.env.PALLYCON_SITE_KEY,
  accessKey: process.env.PALLYCON_ACCESS_KEY,
};

// Here a header names the user; a site looks into its session.
export function authorize({ request }) {
  const userId = request.headers.get("x-user");
  return userId ? { userId, policy: { playback_policy: { license_duration: 3600 } } } : null;
}
