// What the demo offers, and what it says of combinations that cannot be.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { DRMS, FAULTS, PLAYERS, contentChoices, drmChoices, faultChoices, playerChoices } from "../../www/demo/play/choices.js";

const media = (path) => new URL(`../../www/media/${path}`, import.meta.url);
const catalog = JSON.parse(readFileSync(media("catalog.json"), "utf8"));
const possible = (choices) => choices.filter(({ why }) => !why).map(({ value }) => value);
const reasons = (choices) => Object.fromEntries(choices.filter(({ why }) => why).map(({ value, why }) => [value, why]));

test("every player that is offered has a module, DRMs and content, and all content that is offered is there", async () => {
  assert.deepEqual(playerChoices().map(({ value }) => value), ["shaka", "hls", "dash", "media"]);
  for (const { id, source } of PLAYERS) {
    assert.ok(existsSync(new URL(`../../www/demo/play/players/${id}.js`, import.meta.url)), id);
    const drms = possible(drmChoices(id));
    assert.ok(drms.length >= 3, id);
    for (const drm of drms) {
      const contents = possible(contentChoices(id, drm, catalog));
      assert.ok(contents.length > 0, `${id}: content for ${drm}`);
      for (const content of catalog.filter(({ contentId }) => contents.includes(contentId))) assert.ok(existsSync(media(source(content, drm))), `${id} ${drm} ${content.contentId}`);
    }
  }
});

test("each choice names every DRM, content and fault: what cannot be chosen has its reason", () => {
  for (const { id } of PLAYERS) {
    assert.deepEqual(drmChoices(id).map(({ value }) => value), Object.keys(DRMS));
    for (const drm of possible(drmChoices(id))) assert.deepEqual(contentChoices(id, drm, catalog).map(({ value }) => value), catalog.map(({ contentId }) => contentId));
  }
  for (const drm of Object.keys(DRMS)) assert.deepEqual(faultChoices(drm).map(({ value }) => value), FAULTS.map(({ id }) => id));
  assert.equal(new Set(FAULTS.map(({ id }) => id)).size, FAULTS.length);
});

test("Shaka's adapter has no ClearKey, FairPlay no cenc", () => {
  assert.deepEqual(reasons(drmChoices("shaka")), { clearkey: "not by the adapter for Shaka Player" });
  assert.deepEqual(reasons(drmChoices("hls")), {});
  for (const { id } of PLAYERS) {
    assert.deepEqual(possible(contentChoices(id, "fairplay", catalog)), ["demo-cbcs"], id);
    assert.deepEqual(new Set(Object.values(reasons(contentChoices(id, "fairplay", catalog)))), new Set(["FairPlay decrypts cbcs alone"]), id);
    assert.deepEqual(reasons(contentChoices(id, "widevine", catalog)), {}, id);
  }
});

test("faults: a token's where there is a token, a certificate's where there is a certificate", () => {
  const on = (target) => FAULTS.filter(({ faults }) => faults.some((fault) => fault.on === target)).map(({ id }) => id).sort();
  assert.deepEqual(Object.keys(reasons(faultChoices("clearkey"))).sort(), [...on("token"), ...on("certificate")].sort());
  assert.deepEqual(Object.keys(reasons(faultChoices("widevine"))).sort(), on("certificate"));
  assert.deepEqual(reasons(faultChoices("fairplay")), {});
  for (const { id, faults } of FAULTS) assert.ok(faults.every((fault) => fault.on === faults[0].on), `${id}: of one kind`);
});
