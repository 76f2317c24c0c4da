// What the tests call in the page: bare players, bare EME. Paths are relative, so that requests stay in the test's run.
window.lab = {
  errors: [],
  video: document.querySelector("video"),

  script(src) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.onload = resolve;
      element.onerror = () => reject(new Error(src));
      element.src = src;
      document.head.append(element);
    });
  },

  async token(contentId, drm) {
    const answer = await fetch(`api/drm/token?content_id=${contentId}&drm=${drm}`);
    if (!answer.ok) throw new Error(`token: ${answer.status}`);
    return answer.text();
  },

  base64: (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))),
  unbase64: (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0)),

  /** Shaka with the code that a page must write by hand: a header; for FairPlay a form out and base64 in. */
  async shaka({ manifest, contentId, drm, keySystem }) {
    await lab.script("node_modules/shaka-player/dist/shaka-player.compiled.js");
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(lab.video);
    const fail = (error) => lab.errors.push(`${error.code} ${JSON.stringify(error.data && error.data.map(String))}`);
    player.addEventListener("error", ({ detail }) => fail(detail));
    const url = (path) => new URL(path, location).href;
    const fairplay = keySystem === "com.apple.fps";
    player.configure({
      drm: {
        servers: { [keySystem]: url("ri/licenseManager.do") },
        ...(fairplay ? { advanced: { [keySystem]: { serverCertificateUri: url("ri/fpsCert.do?siteId=DEMO") } } } : {}),
      },
    });
    const token = await lab.token(contentId, drm);
    const { LICENSE } = shaka.net.NetworkingEngine.RequestType;
    const network = player.getNetworkingEngine();
    network.registerRequestFilter((type, request) => {
      if (type !== LICENSE) return;
      request.headers["pallycon-customdata-v2"] = token;
      if (!fairplay) return;
      request.headers["Content-Type"] = "application/x-www-form-urlencoded";
      // A retry has the body that the first attempt has already turned into a form.
      if (!request.attempt)
        request.body = new TextEncoder().encode(`spc=${encodeURIComponent(lab.base64(request.body))}`);
    });
    if (fairplay) {
      network.registerResponseFilter((type, response) => {
        if (type === LICENSE) response.data = lab.unbase64(new TextDecoder().decode(response.data)).buffer;
      });
    }
    await player.load(manifest).catch(fail);
    lab.video.play().catch(() => {});
  },

  /** hls.js; the FairPlay part is code that a page must write by hand: an SPC form out, a base64 CKC in. */
  async hls({ playlist, contentId, drm, keySystem }) {
    await lab.script("node_modules/hls.js/dist/hls.min.js");
    const token = await lab.token(contentId, drm);
    const fairplay = keySystem === "com.apple.fps";
    const hls = new Hls({
      emeEnabled: true,
      drmSystems: {
        [keySystem]: {
          licenseUrl: "ri/licenseManager.do",
          ...(fairplay ? { serverCertificateUrl: "ri/fpsCert.do?siteId=DEMO" } : {}),
        },
      },
      licenseXhrSetup(xhr, url, _context, challenge) {
        xhr.open("POST", url, true);
        xhr.setRequestHeader("pallycon-customdata-v2", token);
        if (!fairplay) return undefined;
        xhr.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
        return `spc=${encodeURIComponent(lab.base64(challenge))}`;
      },
      ...(fairplay
        ? { licenseResponseCallback: (xhr) => lab.unbase64(new TextDecoder().decode(xhr.response)).buffer }
        : {}),
    });
    hls.on(Hls.Events.ERROR, (_name, data) => lab.errors.push(`${data.details} ${data.error && data.error.message}`));
    hls.loadSource(playlist);
    hls.attachMedia(lab.video);
    lab.video.play().catch(() => {});
  },

  /** ClearKey, which the player handles completely. */
  async clearkey({ player, source, contentId }) {
    if (player === "Shaka") {
      await lab.script("node_modules/shaka-player/dist/shaka-player.compiled.js");
      const shakaPlayer = new shaka.Player();
      await shakaPlayer.attach(lab.video);
      shakaPlayer.addEventListener("error", ({ detail }) => lab.errors.push(String(detail.code)));
      await shakaPlayer.load(source).catch(({ code }) => lab.errors.push(String(code)));
    } else {
      await lab.script("node_modules/hls.js/dist/hls.min.js");
      const licenseUrl = `ri/clearkey/licenseManager.do?siteId=DEMO&cid=${contentId}`;
      const hls = new Hls({ emeEnabled: true, drmSystems: { "org.w3.clearkey": { licenseUrl } } });
      hls.on(Hls.Events.ERROR, (_name, data) => lab.errors.push(data.details));
      hls.loadSource(source);
      hls.attachMedia(lab.video);
    }
    lab.video.play().catch(() => {});
  },

  /** A MediaKeys of the bridge for bare EME tests. */
  async keys(keySystem, initDataTypes = ["cenc", "keyids", "sinf", "skd"]) {
    const access = await navigator.requestMediaKeySystemAccess(keySystem, [
      {
        initDataTypes,
        videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.4d4015"' }],
      },
    ]);
    return access.createMediaKeys();
  },

  /** generateRequest and the first message. */
  async message(session, type, initData) {
    const message = new Promise((resolve) => session.addEventListener("message", resolve, { once: true }));
    await session.generateRequest(type, initData);
    return message;
  },

  keyIds: (...hex) =>
    new TextEncoder().encode(
      JSON.stringify({
        kids: hex.map((id) =>
          lab
            .base64(Uint8Array.from(id.match(/../g), (pair) => parseInt(pair, 16)))
            .replace(/\+/g, "-")
            .replace(/\//g, "_")
            .replace(/=+$/, ""),
        ),
      }),
    ),

  /** The name of the error that a promise (or a call) is rejected with, or "accepted". */
  async refusal(work) {
    try {
      await work();
      return "accepted";
    } catch (error) {
      return error.name;
    }
  },

  /** The response to a message, fetched as a page would. */
  async license(message, contentId, drm, { raw = false } = {}) {
    const headers = { "pallycon-customdata-v2": await lab.token(contentId, drm) };
    let body = message;
    if (drm === "fairplay") {
      headers["Content-Type"] = "application/x-www-form-urlencoded";
      body = `spc=${encodeURIComponent(lab.base64(message))}`;
    } else if (drm === "playready" && !raw) {
      const xml = new DOMParser().parseFromString(new TextDecoder("utf-16le").decode(message), "application/xml");
      body = lab.unbase64(xml.querySelector("Challenge").textContent);
    }
    const answer = await fetch("ri/licenseManager.do", { method: "POST", headers, body });
    return drm === "fairplay" ? lab.unbase64(await answer.text()) : new Uint8Array(await answer.arrayBuffer());
  },
};
