// Safari plays a playlist from src=. The browsers here cannot do that with a CDM, so the page plays a MediaSource that
// this fills.

/** @param {import("@playwright/test").Page} page */
export async function playPlaylists(page) {
  await page.addInitScript(() => {
    const { set, get } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
    const fill = (playlist) => {
      const source = new MediaSource();
      source.addEventListener(
        "sourceopen",
        async () => {
          const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.4d4015"');
          for (const name of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
            buffer.appendBuffer(await (await fetch(new URL(`../video/${name}`, playlist))).arrayBuffer());
            await new Promise((resolve) => {
              buffer.addEventListener("updateend", resolve, { once: true });
            });
          }
          source.endOfStream();
        },
        { once: true },
      );
      return URL.createObjectURL(source);
    };
    Object.defineProperty(HTMLMediaElement.prototype, "src", {
      get,
      set(url) {
        set.call(this, /\.m3u8$/.test(url) ? fill(url) : url);
      },
    });
  });
}
