/**
 * The two accounts of this server. Neither is a secret: one is a toy account made up for this folder, which only opens
 * the demo clips; the other is the tutorial account that the vendor published with its known answers.
 */

/**
 * @typedef {object} Account
 * @property {string} siteId 4 characters
 * @property {string} siteKey 32 characters, the AES key as ASCII bytes
 * @property {string} accessKey 32 characters, the head of every token hash
 * @property {boolean} fairplay whether a FairPlay certificate is registered for the site
 * @property {string} [kmsToken] what a packager's URL carries; a site without one cannot ask for content keys
 * @property {string} [kmsSecret] content keys are derived from it
 */

/** The local toy account of the demo. Never a real one. @type {Account} */
export const DEMO = {
  siteId: "DEMO",
  siteKey: "toy-site-key-of-the-local-demo--",
  accessKey: "toy-access-key-of-the-local-demo",
  fairplay: true,
  kmsToken: "toy-kms-token-of-the-local-demo",
  kmsSecret: "toy-content-key-secret-of-the-local-demo",
};

/** The published tutorial account; it has no FairPlay, which gives error 7301 a home. @type {Account} */
export const TUTO = {
  siteId: "TUTO",
  siteKey: "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC",
  accessKey: "LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20",
  fairplay: false,
};
