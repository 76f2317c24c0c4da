// The choices on the Play page, and its explanations of impossible combinations.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PLAYERS as ADAPTERS } from "../../scripts/build/scripts.mjs";
import { load } from "./load.mjs";

const { DRMS, PLAYERS, contentChoices, drmChoices, formatProblem, playerChoices, playerOf, sourceOf, typeOf } =
  await load("play/choices.ts");
const { FAULTS, faultChoices } = await load("play/faults.ts");
const media = (path) => new URL(`../../www/media/${path}`, import.meta.url);
const catalog = JSON.parse(readFileSync(media("catalog.json"), "utf8"));
const possible = (choices) => choices.filter(({ why }) => !why).map(({ value }) => value);
const reasons = (choices) => Object.fromEntries(choices.filter(({ why }) => why).map(({ value, why }) => [value, why]));
const HERE = { own: false, server: true };

test("every adapter of the package is offered, with a sample to copy and existing DRMs and content", () => {
  assert.deepEqual(
    playerChoices()
      .map(({ value }) => value)
      .sort(),
    [...ADAPTERS].sort(),
  );
  for (const player of PLAYERS) {
    for (const sample of [player.sample, player.ownSample ?? player.sample])
      assert.ok(existsSync(new URL(`../../www/demo/play/samples/${sample}.sample.js`, import.meta.url)), sample);
    const drms = possible(drmChoices(player, HERE));
    assert.deepEqual(drms, player.drms);
    for (const drm of drms) {
      const contents = possible(contentChoices(player, drm, catalog));
      assert.ok(contents.length > 0, `${player.id}: content for ${drm}`);
      for (const content of catalog.filter(({ contentId }) => contents.includes(contentId)))
        assert.ok(existsSync(media(sourceOf(player, drm, content))), `${player.id} ${drm} ${content.contentId}`);
    }
  }
});

test("each choice lists every DRM, content and fault, with a reason for those that cannot be chosen", () => {
  for (const player of PLAYERS) {
    assert.deepEqual(
      drmChoices(player, HERE).map(({ value }) => value),
      Object.keys(DRMS),
    );
    for (const drm of player.drms)
      assert.deepEqual(
        contentChoices(player, drm, catalog).map(({ value }) => value),
        catalog.map(({ contentId }) => contentId),
      );
    assert.deepEqual(possible(contentChoices(player, "fairplay", catalog)), ["demo-cbcs"], player.id);
  }
  assert.deepEqual(Object.keys(reasons(drmChoices(playerOf("shaka"), HERE))), ["clearkey"]);
  const on = (target) =>
    FAULTS.filter(({ faults }) => faults.some((fault) => fault.on === target))
      .map(({ id }) => id)
      .sort();
  assert.deepEqual(
    Object.keys(reasons(faultChoices("clearkey"))).sort(),
    [...on("token"), ...on("certificate")].sort(),
  );
  assert.deepEqual(reasons(faultChoices("fairplay")), {});
});

test("without the local server the samples have only ClearKey, and the visitor's own stream has every DRM", () => {
  const hls = playerOf("hls");
  assert.deepEqual(possible(drmChoices(hls, { own: false, server: false })), ["clearkey"]);
  assert.deepEqual(possible(drmChoices(hls, { own: true, server: false })), Object.keys(DRMS));
  assert.deepEqual(possible(drmChoices(playerOf("shaka"), { own: false, server: false })), []);
});

test("a manifest of an unsupported format is reported before anything is loaded", () => {
  assert.match(formatProblem(playerOf("hls"), "https://x.example/a.mpd?b"), /plays HLS/);
  assert.match(formatProblem(playerOf("dash"), "https://x.example/a.m3u8"), /plays DASH/);
  assert.equal(formatProblem(playerOf("shaka"), "https://x.example/a.m3u8"), undefined);
  assert.equal(formatProblem(playerOf("dash"), "https://x.example/manifest"), undefined);
  assert.deepEqual(["a.m3u8?x", "a.mpd", "a.mp4"].map(typeOf), [
    "application/x-mpegURL",
    "application/dash+xml",
    "video/mp4",
  ]);
});
