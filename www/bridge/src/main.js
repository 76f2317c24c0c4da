// Installs the bridge. It must run before the player is loaded: players keep references to the browser's functions.
import { requestAccess } from "./access.js";
import { installCapabilities } from "./capabilities.js";
import { nativeRequestAccess } from "./clearkey.js";
import { alreadyActive, config } from "./config.js";
import { installEncryptedEvents } from "./encrypted-events.js";
import { installInitSegments } from "./init-segments.js";
import { installLegacyWebkit, needKey } from "./legacy-webkit.js";
import { installMediaElement } from "./media-element.js";

if (!alreadyActive) {
  config.log = [];
  // Without EME (an insecure page, a browser without it) there is no CDM to build on.
  config.active = Boolean(nativeRequestAccess && window.MediaKeys);
  config.needKey = needKey;
  if (config.active) {
    Navigator.prototype.requestMediaKeySystemAccess = function requestMediaKeySystemAccess(keySystem, configurations) {
      return requestAccess(keySystem, configurations);
    };
    installCapabilities();
    installMediaElement();
    installInitSegments();
    installEncryptedEvents();
    installLegacyWebkit();
  }
}
