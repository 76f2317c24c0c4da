// Adapters that are given something else than a player.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PallyConError, createPallyCon } from "../../dist/index.js";
import { attachMedia } from "../../dist/media.js";
import { attachShaka } from "../../dist/shaka.js";

test("no player, a destroyed one, no client: an error that says so, and nothing is left behind", async () => {
  const drm = await createPallyCon({});
  const destroyed = { getConfiguration: () => null, addEventListener() {} };
  for (const [attach, target] of [[attachShaka, null], [attachShaka, destroyed], [attachMedia, null], [attachMedia, undefined]]) {
    await assert.rejects(attach(target, drm), (error) => error instanceof PallyConError && error.code === "player-invalid");
  }
  await assert.rejects(attachShaka({}, {}), (error) => error instanceof PallyConError && error.code === "client-invalid");
});
