// What the tests call in the page: bare players, bare EME. Paths are relative, so that requests stay in the test's run.
window.lab = {
  errors: [],
  video: document.querySelector('video'),

  script(src) {
    return new Promise((resolve, reject) => {
      const element = document.createElement('script');
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

  /** Shaka with nothing but a header filter; Widevine and PlayReady need no more on the happy path. */
  async shaka({ manifest, contentId, drm, keySystem, configure = {} }) {
    await lab.script('node_modules/shaka-player/dist/shaka-player.compiled.js');
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(lab.video);
    const fail = (error) => lab.errors.push(`${error.code} ${JSON.stringify(error.data && error.data.map(String))}`);
    player.addEventListener('error', ({ detail }) => fail(detail));
    player.configure({ drm: { servers: { [keySystem]: new URL('ri/licenseManager.do', location).href }, ...configure } });
    const token = await lab.token(contentId, drm);
    player.getNetworkingEngine().registerRequestFilter((type, request) => {
      if (type === shaka.net.NetworkingEngine.RequestType.LICENSE) request.headers['pallycon-customdata-v2'] = token;
    });
    await player.load(manifest).catch(fail);
    lab.video.play().catch(() => {});
  },

  /** hls.js; the FairPlay part is what a page has to write by hand: an SPC form out, a base64 CKC in. */
  async hls({ playlist, contentId, drm, keySystem, config = {} }) {
    await lab.script('node_modules/hls.js/dist/hls.min.js');
    const token = await lab.token(contentId, drm);
    const fairplay = keySystem === 'com.apple.fps';
    const hls = new Hls({
      emeEnabled: true,
      drmSystems: {
        [keySystem]: { licenseUrl: 'ri/licenseManager.do', ...(fairplay ? { serverCertificateUrl: 'ri/fpsCert.do?siteId=DEMO' } : {}) },
      },
      licenseXhrSetup(xhr, url, context, challenge) {
        xhr.open('POST', url, true);
        xhr.setRequestHeader('pallycon-customdata-v2', token);
        if (!fairplay) return undefined;
        xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
        return `spc=${encodeURIComponent(lab.base64(challenge))}`;
      },
      ...(fairplay ? { licenseResponseCallback: (xhr) => lab.unbase64(new TextDecoder().decode(xhr.response)).buffer } : {}),
      ...config,
    });
    hls.on(Hls.Events.ERROR, (name, data) => lab.errors.push(`${data.details} ${data.error && data.error.message}`));
    hls.loadSource(playlist);
    hls.attachMedia(lab.video);
    lab.video.play().catch(() => {});
  },

  /** A MediaKeys of the bridge for bare EME tests. */
  async keys(keySystem, initDataTypes = ['cenc', 'keyids', 'sinf', 'skd']) {
    const access = await navigator.requestMediaKeySystemAccess(keySystem, [{
      initDataTypes,
      videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.4d4015"' }],
    }]);
    return access.createMediaKeys();
  },

  /** generateRequest and the first message. */
  async message(session, type, initData) {
    const message = new Promise((resolve) => session.addEventListener('message', resolve, { once: true }));
    await session.generateRequest(type, initData);
    return message;
  },

  keyIds: (...hex) => new TextEncoder().encode(JSON.stringify({
    kids: hex.map((id) => lab.base64(Uint8Array.from(id.match(/../g), (pair) => parseInt(pair, 16))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')),
  })),

  /** The name of what a promise (or a call) is refused with, or "accepted". */
  async refusal(work) {
    try {
      await work();
      return 'accepted';
    } catch (error) {
      return error.name;
    }
  },

  /** The answer to a message, fetched as a page would. */
  async license(message, contentId, drm, { raw = false } = {}) {
    const headers = { 'pallycon-customdata-v2': await lab.token(contentId, drm) };
    let body = message;
    if (drm === 'fairplay') {
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
      body = `spc=${encodeURIComponent(lab.base64(message))}`;
    } else if (drm === 'playready' && !raw) {
      const xml = new DOMParser().parseFromString(new TextDecoder('utf-16le').decode(message), 'application/xml');
      body = lab.unbase64(xml.querySelector('Challenge').textContent);
    }
    const answer = await fetch('ri/licenseManager.do', { method: 'POST', headers, body });
    return drm === 'fairplay' ? lab.unbase64(await answer.text()) : new Uint8Array(await answer.arrayBuffer());
  },
};
