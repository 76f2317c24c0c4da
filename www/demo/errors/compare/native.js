// Safari plays HLS natively (src=) and raises the key's URI. No browser here does: a MediaSource that the page fills
// replaces the stream, and its init data are swapped for Safari's. Players see a video that plays from src=.
const SKD = "skd://Ab/cD++eSnu/+NPi9Pvhxg==";
const CODEC = 'video/mp4; codecs="avc1.4d4015"';

/** @returns {string} the URL to use instead of the playlist's */
export function native(compare, contentId) {
  const source = new MediaSource();
  source.addEventListener(
    "sourceopen",
    async () => {
      const buffer = source.addSourceBuffer(CODEC);
      for (const name of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
        buffer.appendBuffer(await (await fetch(compare.media(`${contentId}/video/${name}`))).arrayBuffer());
        await new Promise((resolve) => {
          buffer.addEventListener("updateend", resolve, { once: true });
        });
      }
      source.endOfStream();
    },
    { once: true },
  );
  return URL.createObjectURL(source);
}

/** Shaka then calls the (polyfilled) EME, and a native stream has no codec to request. */
export function asSafari() {
  document.addEventListener(
    "encrypted",
    (event) => {
      if (event.initDataType !== "sinf") return;
      event.stopImmediatePropagation();
      const initData = new Uint16Array(Array.from(SKD, (sign) => sign.charCodeAt(0))).buffer;
      event.target.dispatchEvent(new MediaEncryptedEvent("encrypted", { initDataType: "skd", initData }));
    },
    true,
  );
  navigator.mediaCapabilities.decodingInfo = async (configuration) => {
    const { keySystem } = configuration.keySystemConfiguration;
    const keySystemAccess = await navigator
      .requestMediaKeySystemAccess(keySystem, [{ initDataTypes: ["skd"], videoCapabilities: [{ contentType: CODEC }] }])
      .catch(() => null);
    return { supported: Boolean(keySystemAccess), smooth: true, powerEfficient: true, keySystemAccess, configuration };
  };
}
