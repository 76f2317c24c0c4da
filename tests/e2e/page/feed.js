// Feeds a media element through MediaSource, without any player: init segments first, as they are in www/media/.
const CODECS = { video: "avc1.4d4015", audio: "mp4a.40.2" };

/**
 * @param {HTMLMediaElement} video
 * @param {string} folder of a content, a URL
 * @param {{tracks?: string[], segments?: number[], again?: boolean}} [options] `again`: the init segments come twice
 */
export async function feed(video, folder, { tracks = ["video", "audio"], segments = [1, 2, 3], again = false } = {}) {
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  video.src = url;
  await new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
  URL.revokeObjectURL(url);
  const buffers = tracks.map((track) => source.addSourceBuffer(`${track}/mp4; codecs="${CODECS[track]}"`));
  await Promise.all(
    tracks.map(async (track, index) => {
      const buffer = buffers[index];
      for (const file of ["init.mp4", ...(again ? ["init.mp4"] : []), ...segments.map((number) => `${number}.m4s`)]) {
        const bytes = await (await fetch(`${folder}/${track}/${file}`)).arrayBuffer();
        if (source.readyState !== "open") return; // another source was loaded in the meantime
        const done = new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
        buffer.appendBuffer(bytes);
        await done;
      }
    }),
  );
  if (source.readyState === "open") source.endOfStream();
}
