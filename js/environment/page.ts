// What the page itself stands in the way with: where it is, who framed it, what its policies forbid.
import type { Problem } from "../types.js";
import { within } from "./time.js";

export const problem = (code: string, message: string, hint: string): Problem => ({ code, message, hint });

interface Policy { allowsFeature(name: string): boolean }

const EME = "encrypted-media";

/** All that keeps EME from this page. Empty: `navigator.requestMediaKeySystemAccess` can be called and may be answered. */
export async function pageProblems(timeout: number): Promise<Problem[]> {
  if (typeof document === "undefined") {
    return [problem("not-a-page", "There is no document here: keys are a page's business, not a worker's and not a server's.", "Call this in the page that holds the video element.")];
  }
  if (window.isSecureContext === false) {
    return [problem("insecure-context", `This page is not a secure context (${location.protocol}//${location.host}): browsers keep EME from it.`,
      framed() ? "Serve this page and every page that frames it over https." : "Serve the page over https; for development, localhost will do.")];
  }
  if (!allowed() || (await refused(timeout))) return [notAllowed()];
  if (!(navigator as { requestMediaKeySystemAccess?: unknown }).requestMediaKeySystemAccess) {
    if ("WebKitMediaKeys" in globalThis) return [];
    return [problem("eme-missing", "This browser has no Encrypted Media Extensions (navigator.requestMediaKeySystemAccess).",
      "Use a browser with DRM; a web view must be told to allow it (Android WebView: grant RESOURCE_PROTECTED_MEDIA_ID; WebKitGTK: enable encrypted media).")];
  }
  return [];
}

const framed = () => window.self !== window.top;

function allowed(): boolean {
  const { permissionsPolicy, featurePolicy } = document as { permissionsPolicy?: Policy; featurePolicy?: Policy };
  const policy = permissionsPolicy ?? featurePolicy;
  return !policy || policy.allowsFeature(EME);
}

/**
 * Safari has the policy and no way to ask for it: the question itself tells, by the error's name. ClearKey is everywhere.
 * (Firefox 153 heeds the policy for this feature neither in `allow` nor in the header: there nothing is forbidden.)
 */
async function refused(timeout: number): Promise<boolean> {
  try {
    const capability = [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }];
    await within(timeout, navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{ initDataTypes: ["keyids"], videoCapabilities: capability }]), undefined);
    return false;
  } catch (error) {
    return /^(SecurityError|NotAllowedError)$/.test((error as Error).name);
  }
}

function notAllowed(): Problem {
  if (framed() && !frameAllows()) {
    return problem("iframe-not-allowed", "This page is in an iframe that may not use encrypted media.",
      'Write allow="encrypted-media" on the <iframe>, and on every <iframe> around it.');
  }
  return problem("permissions-policy", `The Permissions-Policy of ${framed() ? "this page or one that frames it" : "this page"} forbids encrypted media.`,
    "Send Permissions-Policy: encrypted-media=(self), with the frame's origin where the player is framed, or leave the feature out of the header.");
}

/** Whether the iframe says that it allows it; false where another origin's page holds it. */
function frameAllows(): boolean {
  try {
    return /encrypted-media(?! *'none')/.test(window.frameElement?.getAttribute("allow") ?? "");
  } catch {
    return false;
  }
}

/** Blocked cookies and site data, or a sandbox without an origin: CDMs keep their identity and licenses there. */
export function storageProblems(): Problem[] {
  if (typeof window === "undefined") return [];
  try {
    void window.localStorage;
    return [];
  } catch {
    const hint = "Allow site data for this site in the browser";
    return [problem("storage-blocked", "This page may not store anything, and a CDM stores where the page does: licenses may fail, persistent ones will.",
      framed() ? `${hint}; a sandboxed iframe needs allow-same-origin.` : `${hint}.`)];
  }
}
