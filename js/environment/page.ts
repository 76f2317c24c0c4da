// What the page itself lacks: its location, its frame, what its policies forbid.
import { KEY_SYSTEM } from "../core.js";
import type { Problem } from "../types.js";
import { legacyKeys } from "./legacy-keys.js";
import { problem } from "./problem.js";
import { before, type Deadline } from "./time.js";
import { Reason } from "../generated/codes.js";

interface Policy {
  allowsFeature(name: string): boolean;
}

const EME = "encrypted-media";

/**
 * Everything that keeps EME from this page. Empty: `navigator.requestMediaKeySystemAccess` can be called and may be
 * granted.
 */
export async function pageProblems(limit: Deadline): Promise<Problem[]> {
  if (typeof document === "undefined") {
    return [problem("not-a-page")];
  }
  if (window.isSecureContext === false) {
    return [
      problem(
        "insecure-context",
        [`${location.protocol}//${location.host}`],
        framed() ? Reason.InsecureFrame : undefined,
      ),
    ];
  }
  if (!allowed() || (await refused(limit))) return [notAllowed()];
  if (!(navigator as { requestMediaKeySystemAccess?: unknown }).requestMediaKeySystemAccess) {
    return legacyKeys() ? [] : [problem("eme-missing")];
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
 * Safari has the policy and no way to query it, but the name of the error reveals it. Every browser has ClearKey.
 * (Firefox 153 ignores the policy for this feature both in `allow` and in the header: nothing is forbidden there.)
 */
async function refused(limit: Deadline): Promise<boolean> {
  try {
    const capability = [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }];
    await before(
      limit,
      navigator.requestMediaKeySystemAccess(KEY_SYSTEM.clearkey, [
        { initDataTypes: ["keyids"], videoCapabilities: capability },
      ]),
      undefined,
    );
    return false;
  } catch (error) {
    return /^(SecurityError|NotAllowedError)$/.test((error as Error).name);
  }
}

function notAllowed(): Problem {
  if (framed() && !frameAllows()) return problem("iframe-not-allowed");
  return problem("permissions-policy", [framed() ? "this page or one that frames it" : "this page"]);
}

/** Whether the iframe's attribute allows it; false if the frame belongs to a page of another origin. */
function frameAllows(): boolean {
  try {
    return /encrypted-media(?! *'none')/.test(window.frameElement?.getAttribute("allow") ?? "");
  } catch {
    return false;
  }
}

/** Blocked cookies and site data, or a sandbox without an origin: CDMs store their identity and licenses there. */
export async function storageProblems(): Promise<Problem[]> {
  if (typeof window === "undefined") return [];
  try {
    void window.localStorage;
    return [];
  } catch {
    return [problem("storage-blocked", [], framed() ? Reason.StorageFrame : undefined)];
  }
}
