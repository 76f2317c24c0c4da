// Finds everything newer than the oldest TVs, in all the ways that code may use it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newerApis } from "../../scripts/apis.mjs";

function apis(source, name = "sample.ts") {
  const folder = mkdtempSync(join(tmpdir(), "apis-"));
  try {
    writeFileSync(join(folder, name), source);
    return newerApis([join(folder, name)]).map(({ line, api, version }) => `${line} ${api} ${version}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("finds globals, members of objects, of strings and of classes, and destructured members", () => {
  assert.deepEqual(
    apis(`export const all = [[1]].flat();
export const made = Object.fromEntries([["a", 1]]);
export const root = globalThis;
export const later = Promise.allSettled([]);
export const text = "a".replaceAll("a", "b");
export const abort = (ms: number) => AbortSignal.timeout(ms);
export const copy = structuredClone({});
export const { fromEntries } = Object;
export const quality = (video: HTMLVideoElement) => { const { getVideoPlaybackQuality } = video; return getVideoPlaybackQuality; };
export const policy = (keys: MediaKeys | undefined) => keys?.getStatusForPolicy({});
export const put = (element: Element) => element.replaceChildren();
`),
    [
      "1 Array.flat 69",
      "2 Object.fromEntries 73",
      "3 globalThis 71",
      "4 Promise.allSettled 76",
      "5 String.replaceAll 85",
      "6 AbortSignal.timeout 124",
      "6 AbortSignal 66",
      "7 structuredClone 98",
      "8 Object.fromEntries 73",
      "9 HTMLVideoElement.getVideoPlaybackQuality 80",
      "10 MediaKeys.getStatusForPolicy 73",
      "11 Element.replaceChildren 86",
    ],
  );
});

test("JavaScript as well", () => {
  assert.deepEqual(apis("export const all = [[1]].flatMap((each) => each); new WeakRef(all);", "sample.js"), [
    "1 Array.flatMap 69",
    "1 WeakRef 84",
  ]);
});

test("ignores what old engines have, types, and feature detection", () => {
  assert.deepEqual(
    apis(`interface Own { flat(): void; signal: AbortSignal }
export const work = async (own: Own, video: HTMLVideoElement) => {
  own.flat();
  const response = await fetch("a").finally(() => clearTimeout(1));
  video.addEventListener("encrypted", () => document.querySelector("p"), { once: true });
  await navigator.requestMediaKeySystemAccess("a", []);
  await WebAssembly.compile(await response.arrayBuffer());
  return [typeof globalThis, typeof AbortController, Object.entries(own).map(([name]) => name.padStart(2)).includes("a")];
};
`),
    [],
  );
});
