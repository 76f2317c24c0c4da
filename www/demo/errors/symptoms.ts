// What a viewer reads before the package says a word: the players' and the browsers' own codes and texts, and the
// entries of the catalog that explain them. docs/players.md says where each player reports what.

export interface Symptom {
  says: string;
  by: string;
  means: string;
  codes: string[];
}

const REFUSED = [
  "token-expired",
  "content-id-mismatch",
  "content-not-found",
  "token-drm-mismatch",
  "not-a-license",
  "network",
  "timeout",
  "forbidden",
];
const CERTIFICATE = ["fairplay-not-registered", "certificate-invalid", "certificate-url-wrong", "site-id-missing"];
const NO_DRM = [
  "cdm-missing",
  "drm-unsupported",
  "insecure-context",
  "iframe-not-allowed",
  "permissions-policy",
  "eme-missing",
];
const CDM_REFUSED = ["license-rejected", "not-a-license", "playready-fault"];

export const SYMPTOMS: Symptom[] = [
  {
    says: "6001 REQUESTED_KEY_SYSTEM_CONFIG_UNAVAILABLE",
    by: "Shaka Player",
    means: "The browser has none of the content's DRMs with the requested robustness.",
    codes: NO_DRM,
  },
  {
    says: "6007 LICENSE_REQUEST_FAILED",
    by: "Shaka Player",
    means: "The license was refused, or never arrived. pallyConError(error) has the reason.",
    codes: REFUSED,
  },
  {
    says: "6008 LICENSE_RESPONSE_REJECTED",
    by: "Shaka Player",
    means: "The CDM refused the response as a license.",
    codes: CDM_REFUSED,
  },
  {
    says: "6012 NO_LICENSE_SERVER_GIVEN",
    by: "Shaka Player",
    means: "No license URL is configured for this DRM. attachShaka() sets one.",
    codes: ["license-url-wrong"],
  },
  {
    says: "6014 EXPIRED",
    by: "Shaka Player",
    means: "The license has expired.",
    codes: ["key-expired", "period-over"],
  },
  {
    says: "6017 SERVER_CERTIFICATE_REQUEST_FAILED",
    by: "Shaka Player",
    means: "The certificate did not arrive, or is not one.",
    codes: CERTIFICATE,
  },
  {
    says: "6020 MISSING_EME_SUPPORT",
    by: "Shaka Player",
    means: "The page may not use EME, or the browser has none.",
    codes: ["insecure-context", "eme-missing", "permissions-policy", "iframe-not-allowed"],
  },
  {
    says: "4012 RESTRICTIONS_CANNOT_BE_MET",
    by: "Shaka Player",
    means: "The CDM has a license, but none of its keys may be used here.",
    codes: ["output-restricted", "key-missing", "key-unusable"],
  },
  {
    says: "keySystemLicenseRequestFailed",
    by: "hls.js",
    means: "The license was refused, or never arrived. pallyConError(data) has the reason.",
    codes: REFUSED,
  },
  {
    says: "keySystemSessionUpdateFailed",
    by: "hls.js",
    means: "The CDM refused the response as a license.",
    codes: CDM_REFUSED,
  },
  {
    says: "keySystemNoAccess",
    by: "hls.js",
    means: "The browser has none of the DRMs, or FairPlay's certificate did not arrive.",
    codes: [...NO_DRM, ...CERTIFICATE],
  },
  {
    says: "keySystemNoSession",
    by: "hls.js",
    means: "No session could be created.",
    codes: ["fairplay-mpeg-ts", "media-keys-refused"],
  },
  {
    says: "keySystemStatusOutputRestricted",
    by: "hls.js",
    means: "The display does not support the HDCP version that the license requires.",
    codes: ["output-restricted"],
  },
  {
    says: "keySystemStatusInternalError",
    by: "hls.js",
    means: "The CDM failed with this key.",
    codes: ["key-unusable"],
  },
  { says: "100 MEDIA_KEYERR", by: "dash.js", means: "The CDM refused the response as a license.", codes: CDM_REFUSED },
  {
    says: "109 SERVER_CERTIFICATE_UPDATED_ERROR",
    by: "dash.js",
    means: "FairPlay's certificate did not arrive, or is not one.",
    codes: CERTIFICATE,
  },
  {
    says: "114 MEDIA_KEY_MESSAGE_LICENSER_ERROR",
    by: "dash.js",
    means: "The license was refused, or never arrived. pallyConError(event) has the reason.",
    codes: REFUSED,
  },
  {
    says: "KEY_LOAD_ERROR",
    by: "rx-player",
    means: "The license was refused, or never arrived. pallyConError(error) has the reason.",
    codes: REFUSED,
  },
  {
    says: "KEY_UPDATE_ERROR",
    by: "rx-player",
    means: "The CDM refused the response as a license.",
    codes: CDM_REFUSED,
  },
  {
    says: "KEY_STATUS_CHANGE_ERROR",
    by: "rx-player",
    means: "A key has expired, or may not be used here.",
    codes: ["key-expired", "output-restricted", "key-unusable"],
  },
  { says: "INCOMPATIBLE_KEYSYSTEMS", by: "rx-player", means: "The browser has none of the DRMs.", codes: NO_DRM },
  {
    says: "eme-failed-generate-license-request",
    by: "video.js",
    means: "The license was refused, or never arrived. pallyConError(player.error()) has the reason.",
    codes: REFUSED,
  },
  {
    says: "eme-failed-set-server-certificate",
    by: "video.js",
    means: "FairPlay's certificate did not arrive, or the CDM refused it.",
    codes: [...CERTIFICATE, "certificate-rejected"],
  },
  {
    says: "eme-failed-update-session",
    by: "video.js",
    means: "The CDM refused the response as a license.",
    codes: CDM_REFUSED,
  },
  {
    says: "TypeError: Type error",
    by: "Safari's CDM",
    means:
      "update() was called with something that is not a license: JSON or HTML with status 200, or a CKC in base64 or XML.",
    codes: ["not-a-license", "license-rejected", "certificate-invalid"],
  },
  {
    says: "NotSupportedError: Unsupported keySystem or supportedConfigurations",
    by: "Chromium",
    means: "The browser lacks this DRM, this robustness, this scheme or this codec.",
    codes: NO_DRM,
  },
  {
    says: "InvalidStateError, NotAllowedError: requestMediaKeySystemAccess",
    by: "browsers",
    means: "The page may not use EME.",
    codes: ["permissions-policy", "iframe-not-allowed", "insecure-context"],
  },
  {
    says: "navigator.requestMediaKeySystemAccess is not a function, MediaKeys is undefined",
    by: "browsers",
    means: "The page is not a secure context, or the browser has no EME.",
    codes: ["insecure-context", "eme-missing"],
  },
  {
    says: "Failed to fetch, Load failed, NetworkError, status 0",
    by: "browsers",
    means:
      "No response that the page may read: offline, CORS, a policy, mixed content. diagnose({ urls }) reports which.",
    codes: ["network", "cors-refused", "csp-blocks-url", "mixed-content", "url-unreachable"],
  },
  {
    says: "CompileError: WebAssembly.instantiate(): refused by Content Security Policy",
    by: "browsers",
    means: "The page's policy forbids wasm.",
    codes: ["wasm-blocked"],
  },
  {
    says: "SPC message can't be null, unable to parse SPC",
    by: "PallyCon (FairPlay)",
    means: "The SPC was sent in a form that the server does not read, or wrapped twice.",
    codes: ["spc-missing", "spc-invalid"],
  },
];
