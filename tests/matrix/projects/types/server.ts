import { createLicenseToken, openLicenseToken, type Account } from "pallycon-drm/server";

const account: Account = {
  siteId: "DEMO",
  siteKey: "0123456789abcdef0123456789abcdef",
  accessKey: "fedcba9876543210fedcba9876543210",
};

const token = await createLicenseToken(account, { drmType: "Widevine", userId: "viewer", contentId: "film" });
const { drmType, userId, contentId } = await openLicenseToken(account, token);
console.log(JSON.stringify({ drmType, userId, contentId }));
