// requestMediaKeySystemAccess (W3C EME, 3): decides which of the caller's configurations the simulated DRM accepts.
// Codecs depend on the real CDM, so it is queried; robustness, init data types and schemes depend on the DRM.
import { nativeRequestAccess } from "./clearkey.js";
import { config, systemFor } from "./config.js";
import { malformed, notSupported } from "./errors.js";
import { log } from "./log.js";
import { Keys } from "./media-keys.js";

/** The key system of the last granted access: it decides whose init data the next `encrypted` event should contain. */
export const granted = { last: null };

/** Chromium before 81 does not know `encryptionScheme`: its results lack it, and so do the bridge's there. */
const knowsSchemes = (answer) =>
  [...(answer.audioCapabilities || []), ...(answer.videoCapabilities || [])].some(
    (capability) => capability.encryptionScheme !== undefined,
  );

function acceptable(system, capability) {
  const allowed = config.robustness || system.robustness;
  return (
    allowed.includes(capability.robustness || "") &&
    (!capability.encryptionScheme || system.schemes.includes(capability.encryptionScheme))
  );
}

/** ClearKey's result for one configuration, or null. */
async function askClearKey(audio, video) {
  const plain = ({ contentType, encryptionScheme }) =>
    encryptionScheme ? { contentType, encryptionScheme } : { contentType };
  try {
    return await nativeRequestAccess.call(navigator, "org.w3.clearkey", [
      {
        initDataTypes: ["keyids"],
        ...(audio.length > 0 ? { audioCapabilities: audio.map(plain) } : {}),
        ...(video.length > 0 ? { videoCapabilities: video.map(plain) } : {}),
        distinctiveIdentifier: "not-allowed",
        persistentState: "not-allowed",
        sessionTypes: ["temporary"],
      },
    ]);
  } catch (_error) {
    return null;
  }
}

/** @returns {Promise<{real: MediaKeySystemAccess, configuration: object}|null>} */
async function accept(system, wanted) {
  const audio = wanted.audioCapabilities || [];
  const video = wanted.videoCapabilities || [];
  const types = wanted.initDataTypes || [];
  const known = types.filter((type) => system.initDataTypes.includes(type));
  if (types.length > 0 && known.length === 0) return null;
  const sessionTypes = wanted.sessionTypes || ["temporary"];
  if (sessionTypes.some((type) => type !== "temporary" && !(type === "persistent-license" && config.persistent)))
    return null;
  const goodAudio = audio.filter((capability) => acceptable(system, capability));
  const goodVideo = video.filter((capability) => acceptable(system, capability));
  if ((audio.length > 0 && goodAudio.length === 0) || (video.length > 0 && goodVideo.length === 0)) return null;
  const real = await askClearKey(goodAudio, goodVideo);
  if (!real) return null;
  const answer = real.getConfiguration();
  const schemes = knowsSchemes(answer);
  const nameOf = ({ contentType, encryptionScheme }) => `${contentType}|${(schemes && encryptionScheme) || ""}`;
  const survivors = (mine, theirs) => {
    const names = new Set((theirs || []).map(nameOf));
    return mine
      .filter((capability) => names.has(nameOf(capability)))
      .map(({ contentType, robustness = "", encryptionScheme = null }) => ({
        contentType,
        robustness,
        ...(schemes ? { encryptionScheme } : {}),
      }));
  };
  const state = (asked) => (asked === "required" ? "required" : "not-allowed");
  return {
    real,
    configuration: {
      label: wanted.label || "",
      initDataTypes: known,
      audioCapabilities: survivors(goodAudio, answer.audioCapabilities),
      videoCapabilities: survivors(goodVideo, answer.videoCapabilities),
      distinctiveIdentifier: state(wanted.distinctiveIdentifier),
      persistentState: sessionTypes.includes("persistent-license") ? "required" : state(wanted.persistentState),
      sessionTypes,
    },
  };
}

class Access {
  #parts;

  constructor(parts) {
    this.#parts = parts;
    Object.defineProperty(this, "keySystem", { value: parts.keySystem, enumerable: true });
  }

  getConfiguration() {
    return JSON.parse(JSON.stringify(this.#parts.configuration)); // a copy; structuredClone is too new for old TVs
  }

  async createMediaKeys() {
    const { system, keySystem, real, configuration } = this.#parts;
    const [best] = [...configuration.videoCapabilities, ...configuration.audioCapabilities];
    return new Keys({ system, keySystem, level: best ? best.robustness : "", real: await real.createMediaKeys() });
  }
}

if (window.MediaKeySystemAccess) Object.setPrototypeOf(Access.prototype, MediaKeySystemAccess.prototype);

/** Replaces navigator.requestMediaKeySystemAccess. */
export async function requestAccess(keySystem, configurations) {
  const system = systemFor(keySystem);
  if (system === null) {
    const own = await nativeRequestAccess.call(navigator, keySystem, configurations);
    granted.last = keySystem;
    return own;
  }
  if (!configurations || configurations.length === 0) throw malformed("no configurations");
  if (system) {
    for (const wanted of configurations) {
      const accepted = await accept(system, wanted);
      if (accepted) {
        granted.last = keySystem;
        log({ keySystem, event: "access-granted" });
        return new Access({ system, keySystem, ...accepted });
      }
    }
  }
  log({ keySystem, event: "access-refused" });
  throw notSupported(`${keySystem} is not supported with any of these configurations`);
}
