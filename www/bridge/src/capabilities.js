// navigator.mediaCapabilities.decodingInfo with a keySystemConfiguration: another way to get a MediaKeySystemAccess,
// which Shaka and rx-player use in browsers that have it (Chromium). Without the bridge's implementation they would
// rule out every DRM.
import { requestAccess } from "./access.js";
import { systemFor } from "./config.js";

/** The EME configuration that is equivalent to decodingInfo's (W3C Media Capabilities, 2.1.6). */
function emeConfiguration({ audio, video, keySystemConfiguration: k }) {
  const capability = (track, more = {}) => ({
    contentType: track.contentType,
    robustness: more.robustness || "",
    ...(more.encryptionScheme ? { encryptionScheme: more.encryptionScheme } : {}),
  });
  return {
    ...(k.initDataType ? { initDataTypes: [k.initDataType] } : {}),
    ...(audio ? { audioCapabilities: [capability(audio, k.audio)] } : {}),
    ...(video ? { videoCapabilities: [capability(video, k.video)] } : {}),
    distinctiveIdentifier: k.distinctiveIdentifier || "optional",
    persistentState: k.persistentState || "optional",
    sessionTypes: k.sessionTypes || ["temporary"],
  };
}

export function installCapabilities() {
  if (!window.MediaCapabilities) return;
  const native = MediaCapabilities.prototype.decodingInfo;
  MediaCapabilities.prototype.decodingInfo = async function decodingInfo(configuration) {
    const keys = configuration && configuration.keySystemConfiguration;
    if (!keys || systemFor(keys.keySystem) === null) return native.call(this, configuration);
    const { keySystemConfiguration, ...clear } = configuration;
    const info = await native.call(this, clear);
    const answer = {
      supported: info.supported,
      smooth: info.smooth,
      powerEfficient: info.powerEfficient,
      configuration,
    };
    try {
      return { ...answer, keySystemAccess: await requestAccess(keys.keySystem, [emeConfiguration(configuration)]) };
    } catch (_error) {
      return { ...answer, supported: false, smooth: false, powerEfficient: false, keySystemAccess: null };
    }
  };
}
