// The parts of the site that every recipe needs: its account, and the users' rights.
export const account = {
  siteId: process.env.PALLYCON_SITE_ID,
  siteKey: process.env.PALLYCON_SITE_KEY,
  accessKey: process.env.PALLYCON_ACCESS_KEY,
};

// Here a header names the user; a site checks its session.
export function authorize({ request }) {
  const userId = request.headers.get("x-user");
  return userId ? { userId, policy: { playback_policy: { license_duration: 3600 } } } : null;
}
