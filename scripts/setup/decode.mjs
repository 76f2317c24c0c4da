// Whether a browser decodes the tests' media (H.264 and AAC in MP4): tried by playing clip.mp4, 0.4 s of a test picture
// and a tone. Without a decoder every test that plays would fail, each with its own timeout, and none would say why.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { playwrightProjects, findBrowser } from "./browsers.mjs";
import { log } from "../lib/log.mjs";

const CLIP = readFileSync(new URL("clip.mp4", import.meta.url));

/** Runs in the page: returns undefined once a frame is decoded, or else the element's error. */
const play = () =>
  new Promise((resolve) => {
    const video = document.createElement("video");
    video.muted = true;
    video.onerror = () => resolve(video.error?.message || `media error ${video.error?.code}`);
    video.onended = () =>
      resolve(
        video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0 ? undefined : "it shows no frame",
      );
    video.src = "/clip.mp4";
    video.play().catch((error) => resolve(String(error)));
  });

const within = (ms, work) =>
  Promise.race([
    work,
    new Promise((resolve) => {
      setTimeout(resolve, ms, `nothing within ${ms / 1000} s`).unref();
    }),
  ]);

/** What prevents playback in the browser; undefined if it plays. */
export async function whyNotPlaying(name, clip = CLIP) {
  const { use } = playwrightProjects().find((project) => project.name === name);
  const playwright = await import("@playwright/test");
  const server = createServer((request, response) => {
    if (request.url === "/clip.mp4")
      response
        .writeHead(200, { "content-type": "video/mp4", "content-length": clip.length, "accept-ranges": "none" })
        .end(clip);
    else response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>clip</title>");
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  let browser;
  try {
    browser = await playwright[use.browserName].launch({
      ...use.launchOptions,
      ...(use.channel ? { channel: use.channel } : {}),
    });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await within(60_000, page.evaluate(play));
  } catch (error) {
    return String(error.message ?? error).split("\n")[0];
  } finally {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  }
}

const REMEDY = {
  chromium: "Chromium needs proprietary codecs: Debian's package has them, and so has Google Chrome.",
  firefox: "On Linux, Firefox uses FFmpeg's libavcodec for H.264 (Debian: libavcodec-extra).",
};

/** Reports browsers that cannot play, and what they lack. */
export async function checkPlayback() {
  for (const name of Object.keys(REMEDY)) {
    const reason = findBrowser(name) ? await whyNotPlaying(name) : undefined;
    if (reason)
      log(`  ! ${name} does not play H.264 and AAC (${reason}). Tests that play will fail in it. ${REMEDY[name]}`);
  }
}
