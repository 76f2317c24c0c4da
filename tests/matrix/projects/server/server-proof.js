// Run by every server of the matrix: makes a license token and reads it back.
import { createLicenseToken, openLicenseToken } from "pallycon-drm/server";

const account = {
  siteId: "DEMO",
  siteKey: "0123456789abcdef0123456789abcdef",
  accessKey: "fedcba9876543210fedcba9876543210",
};

export async function proveServer() {
  const token = await createLicenseToken(account, { drmType: "Widevine", userId: "viewer", contentId: "film" });
  const { drmType, userId, contentId } = await openLicenseToken(account, token);
  return { drmType, userId, contentId };
}
