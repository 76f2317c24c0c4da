// What the checks use inside the page. It is not bundled, so the source is ES2017.
const lab = {
  base: new URL("../", location.href).href,
  video: document.querySelector("video"),
  events: [],
  errors: [],

  script(path) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.onload = resolve;
      element.onerror = () => reject(new Error(`${path} cannot be loaded`));
      element.src = lab.base + path;
      document.head.appendChild(element);
    });
  },

  plain(error) {
    const isOurs = error instanceof pallycon.PallyConError;
    return { code: error.code, serverCode: error.serverCode, message: String(error.message), isOurs };
  },

  async token({ contentId, drm }) {
    const response = await fetch(`${lab.base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`);
    return response.text();
  },

  client(options = {}) {
    const onEvent = (event) => lab.events.push(event);
    return pallycon.createPallyCon({
      siteId: "DEMO",
      host: lab.base.slice(0, -1),
      customData: lab.token,
      onEvent,
      ...options,
    });
  },

  /**
   * Opens a session of the bridge's CDM and requests its license; resolves with the statuses of the keys, or the error.
   */
  async exchange(drm, keySystem, contentType, initDataType, initData, options) {
    const client = await lab.client(options);
    const wanted = { initDataTypes: [initDataType], videoCapabilities: [{ contentType }] };
    const access = await navigator.requestMediaKeySystemAccess(keySystem, [wanted]);
    const keys = await access.createMediaKeys();
    if (drm === "fairplay") await keys.setServerCertificate(await client.certificate("fairplay"));
    const session = keys.createSession();
    const message = await new Promise((resolve, reject) => {
      session.addEventListener("message", resolve, { once: true });
      session.generateRequest(initDataType, lab.unbase64(initData)).catch(reject);
    });
    try {
      const about = { initData: lab.unbase64(initData), initDataType };
      const license = await client.requestLicense(drm, message.message, about);
      await session.update(license.data);
      return Array.from(session.keyStatuses.values());
    } catch (error) {
      return lab.plain(error);
    }
  },

  unbase64: (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)),

  play() {
    lab.video.play().catch(() => {}); // without a key it never settles
  },

  /** Feeds the element through MediaSource, init segments first. `tracks`: [mime type, URLs] */
  async feed(tracks) {
    const source = new MediaSource();
    lab.video.src = URL.createObjectURL(source);
    await new Promise((resolve) => {
      source.addEventListener("sourceopen", resolve, { once: true });
    });
    const buffers = tracks.map(([type]) => source.addSourceBuffer(type));
    lab.play();
    await Promise.all(
      tracks.map(async ([, paths], index) => {
        for (const path of paths) {
          const bytes = await (await fetch(lab.base + path)).arrayBuffer();
          const done = new Promise((resolve) => {
            buffers[index].addEventListener("updateend", resolve, { once: true });
          });
          buffers[index].appendBuffer(bytes);
          await done;
        }
      }),
    );
    source.endOfStream();
  },

  async shaka(keySystem, manifest, options) {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(lab.video);
    player.configure("drm.preferredKeySystems", [keySystem]);
    const failed = (error) => lab.errors.push({ code: error.code, ours: lab.ours(pallycon.insideShaka(error)) });
    player.addEventListener("error", ({ detail }) => failed(detail));
    await pallycon.attachShaka(player, await lab.client(options));
    await player.load(lab.base + manifest).then(lab.play, failed);
  },

  async hls(playlist, options) {
    const { config } = await pallycon.hlsConfig(await lab.client(options));
    const player = new Hls(Object.assign({}, config));
    player.on(Hls.Events.ERROR, (_event, data) => {
      lab.errors.push({ code: data.details, fatal: data.fatal, ours: lab.ours(pallycon.insideHls(data)) });
    });
    player.loadSource(lab.base + playlist);
    player.attachMedia(lab.video);
    lab.play();
  },

  ours: (error) => error && lab.plain(error),

  state() {
    // Chromium before 80 has no getVideoPlaybackQuality().
    const { error, currentTime, webkitDecodedFrameCount } = lab.video;
    return {
      frames: webkitDecodedFrameCount,
      time: currentTime,
      errors: lab.errors,
      error: error ? error.message : undefined,
    };
  },
};
window.lab = lab;
