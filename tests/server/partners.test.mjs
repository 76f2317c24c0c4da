// The partners' own workflows, each with keys from a key server of independent code.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  awsChecklist,
  buildCpixRequest,
  createLicenseToken,
  kmsUrl,
  packagerSettings,
  packagerViews,
  qencodePlayerParams,
  requestContentKeys,
  toBento4,
  toBitmovin,
  toBitmovinCalls,
  toBitmovinSpeke,
  toFfmpeg,
  toQencode,
  toQencodeJob,
  toSpeke,
} from "../../dist/server.js";
import { KMS_TOKEN, TUTORIAL, root, shown, startKms } from "./support.mjs";

const ALL = ["widevine", "playready", "fairplay"];

async function keys(t, options) {
  const { base } = await startKms(t);
  return requestContentKeys(await kmsUrl({ kind: "v2", token: KMS_TOKEN, base }), {
    contentId: "film",
    systems: ALL,
    ...options,
  });
}

test("the Bitmovin guide's example: SD and AUDIO, 2 keys, 6 DRMSystem elements, 2 usage rules", async (t) => {
  const request = { contentId: "film", systems: ALL, tracks: ["SD", "AUDIO"], scheme: "cbcs" };
  const xml = await buildCpixRequest(request);
  const count = (element) => xml.split(`<cpix:${element} `).length - 1;
  assert.deepEqual(["ContentKey", "DRMSystem", "ContentKeyUsageRule"].map(count), [2, 6, 2]);
  const pack = await keys(t, request);
  const tracks = await toBitmovin(pack);
  assert.deepEqual(
    tracks.map(({ track_type, cencDrm }) => [track_type, cencDrm.kid, cencDrm.key]),
    pack.content_key_list.map((key) => [key.track_type, key.key_id_hex, key.key_hex]),
  );
  for (const [at, { cencDrm }] of tracks.entries()) {
    const key = pack.content_key_list[at];
    assert.deepEqual(
      [cencDrm.encryptionMode, cencDrm.widevine.pssh, cencDrm.playReady.pssh],
      ["CBC", key.widevine.pssh_payload_only, key.playready.pssh_payload_only],
    );
    assert.deepEqual(cencDrm.fairPlay, { iv: key.iv_hex, uri: key.fairplay.key_uri });
  }
  // The calls run in order on an SDK of the same structure: each knows the ids that it needs.
  const ids = { encoding: "e1", output: "o1", "stream.SD": "s1", "stream.AUDIO": "s2" };
  const made = [];
  const resolve = (value) =>
    JSON.parse(JSON.stringify(value), (_, text) => {
      if (typeof text !== "string" || !text.startsWith("$")) return text;
      assert.ok(ids[text.slice(1)], `${text} is known`);
      return ids[text.slice(1)];
    });
  for (const { resource, method, ids: path, body, as } of await toBitmovinCalls(pack)) {
    made.push({ resource, method, ids: resolve(path), body: resolve(body) });
    if (as) ids[as] = `id${made.length}`;
  }
  const drms = made.filter(({ resource }) => resource.endsWith(".drm.cenc"));
  assert.deepEqual(
    drms.map(({ body }) => body.kid),
    pack.content_key_list.map((key) => key.key_id_hex),
  );
  assert.deepEqual(
    made.filter(({ resource }) => resource.endsWith(".contentprotection")).map(({ body }) => body.drmId),
    drms.map((_, at) => ids[`drm.${["SD", "AUDIO"][at]}.cenc`]),
  );
  assert.deepEqual(
    [made.at(-1).resource, made.at(-1).method, made.at(-1).ids],
    ["encoding.encodings", "start", ["e1"]],
  );
});

test("Bitmovin by SPEKE: no key leaves the key server, and FairPlay has its own resource", async () => {
  const url = await kmsUrl({ kind: "speke", token: "t" });
  const [cenc, fairplay] = await toBitmovinSpeke({ contentId: "film" }, { url, systems: ALL, iv: "00".repeat(16) });
  assert.deepEqual(
    [cenc.name, cenc.spekeDrm.systemIds.length, cenc.spekeDrm.provider, cenc.spekeDrm.iv],
    ["cenc", 2, { url }, undefined],
  );
  assert.deepEqual(
    [fairplay.name, fairplay.spekeDrm.contentId, fairplay.spekeDrm.iv],
    ["fairplay", "film", "00".repeat(16)],
  );
  await assert.rejects(toBitmovinSpeke({ contentId: "film" }, { url, systems: ["fairplay"] }), /iv is missing/);
});

test("a Qencode job from a template, and the player's parameters with their warning", async (t) => {
  const pack = await keys(t, {});
  const template = {
    query: {
      source: "https://example.com/source.mp4",
      format: [
        {
          output: "advanced_dash",
          destination: { url: "s3://bucket/path/", key: "k", secret: "s" },
          stream: [{ video_codec: "libx264", audio_codec: "aac", height: 720, bitrate: 3000 }],
        },
      ],
      callback_url: "https://example.com/done",
    },
  };
  const job = await toQencodeJob(pack, { template });
  assert.deepEqual(job, {
    query: { ...template.query, format: [{ ...template.query.format[0], cenc_drm: await toQencode(pack) }] },
  });
  assert.ok(!("cenc_drm" in template.query.format[0]), "the template is unchanged");
  const clear = {
    query: {
      ...template.query,
      format: [...template.query.format, { output: "mp4", destination: { url: "s3://bucket/" } }],
    },
  };
  await assert.rejects(
    toQencodeJob(pack, { template: clear }),
    (error) => (
      assert.equal(shown(error, [pack.content_key_list[0].key_hex]).code, "view-options-invalid"),
      /format\[1\] would stay unencrypted/.test(error.message)
    ),
  );
  const token = await createLicenseToken(TUTORIAL, { drmType: "widevine", contentId: "film" });
  const { videoSources, warning } = await qencodePlayerParams({ src: "https://cdn.example/film.mpd", token });
  assert.deepEqual(videoSources, {
    src: "https://cdn.example/film.mpd",
    type: "application/dash+xml",
    keySystems: { "com.widevine.alpha": "https://drm-license.doverunner.com/ri/licenseManager.do" },
    emeHeaders: { "pallycon-customdata-v2": token },
  });
  assert.match(warning, /static.*ten minutes/);
  await assert.rejects(qencodePlayerParams({ src: "a.mpd", token: "x" }), /license token for Widevine or PlayReady/);
});

test("the Qencode guide's job is made from the guide's template", async () => {
  const folder = process.env.PALLYCON_VECTORS && join(process.env.PALLYCON_VECTORS, "cpix");
  if (!folder) return; // only if the vendors' examples are given
  const { parseCpixResponse } = await import("../../dist/server.js");
  const expected = JSON.parse(readFileSync(join(folder, "qencode-job.json"), "utf8"));
  const template = structuredClone(expected);
  for (const format of template.query.format) delete format.cenc_drm;
  const pack = await parseCpixResponse(readFileSync(join(folder, "doverunner-widevine-response.xml")));
  assert.deepEqual(await toQencodeJob(pack, { template }), expected);
});

test("AWS: cbcs in CMAF uses the key server's own URL, and key rotation matches the endpoint", async () => {
  const settings = { contentId: "channel", systems: ALL };
  const speke = await kmsUrl({ kind: "speke", token: "t" });
  const cbcs = await kmsUrl({ kind: "speke-cbcs", token: "t", base: "https://kms.example/cbcs" });
  await assert.rejects(
    toSpeke(settings, { service: "mediaconvert", url: speke, output: "cmaf" }),
    /the key server's own for CBCS/,
  );
  assert.equal(
    (await toSpeke(settings, { service: "mediaconvert", url: cbcs, output: "cmaf" })).EncryptionMethod,
    "SAMPLE_AES",
  );
  const roleArn = "arn:aws:iam::1:role/SPEKEAccess";
  const dash = { contentId: "channel", systems: ["widevine", "playready"] };
  const still = await toSpeke(dash, { service: "mediapackage-v1", url: speke, roleArn, output: "dash" });
  assert.equal(still.DashPackage.Encryption.KeyRotationIntervalSeconds, 0);
  const rotating = await kmsUrl({ kind: "speke", token: "t", keyRotation: true });
  await assert.rejects(
    toSpeke(dash, { service: "mediapackage-v1", url: rotating, roleArn, output: "dash" }),
    /must agree/,
  );
  await assert.rejects(
    toSpeke(dash, { service: "mediapackage-v1", url: speke, roleArn, output: "dash", keyRotationInterval: 60 }),
    /must agree/,
  );
  const steps = await awsChecklist({ service: "mediapackage" });
  assert.deepEqual(steps[0].role.trustPolicy.Statement[0].Principal.Service[0], "mediapackage.amazonaws.com");
});

test("the settings for ffmpeg and Bento4 have the key id and the key of the response", async (t) => {
  const pack = await keys(t, { tracks: ["AUDIO", "HD"] });
  for (const { track_type: track, key_id_hex: id, key_hex: key } of pack.content_key_list) {
    assert.deepEqual(await toFfmpeg(pack, { track }), [
      "-encryption_scheme",
      "cenc-aes-ctr",
      "-encryption_key",
      key,
      "-encryption_kid",
      id,
    ]);
    assert.ok((await toBento4(pack, { track })).includes(`--encryption-key=${id}:${key}`));
  }
});

test("adding a packager touches at most five files, none of them TypeScript", async () => {
  // Handwritten files only: not the generated views.ts, tests, other documents, or the scripts that make the demo's
  // media.
  const files = ["src", "js", "fuzz/targets", "scripts", "docs"].flatMap((folder) =>
    readdirSync(fileURLToPath(new URL(folder, root)), { recursive: true }).map((name) => join(folder, String(name))),
  );
  const texts = files
    .filter(
      (name) =>
        /\.(rs|ts|mjs|md)$/.test(name) &&
        !/(^|[\\/_])tests\.rs$/.test(name) &&
        !name.endsWith(join("server", "views.ts")) &&
        !/scripts.media/.test(name) &&
        !/docs.(?!partner-|server-packaging|server\.md)/.test(name),
    )
    .concat("errors.json", "README.md")
    .map((name) => [name, readFileSync(fileURLToPath(new URL(name, root)), "utf8")]);
  for (const { name } of await packagerViews()) {
    const [path, source] = texts.find(([, text]) => text.includes(`    name: "${name}",`));
    const [, module] = /src.cpix.views.(\w+)/.exec(path);
    const [, called] = new RegExp(`name: "${name}",\\s+function: "(\\w+)"`).exec(source);
    // By its name as a value, its function (several services share toSpeke) or its module, whose folder is one place;
    // and its reasons.
    const spellings = [
      `"${name}"`,
      `\\b${module}::`,
      `mod ${module};`,
      `"view-${module.split("_")[0]}-`,
      ...(called === "toSpeke" ? [] : [`\\b${called}\\b`]),
    ];
    const spelled = new RegExp(spellings.join("|"));
    const own = new RegExp(`^src.cpix.views.${module}(\\.rs$|.)`);
    const touched = [
      ...new Set(
        texts
          .filter(([, text]) => spelled.test(text))
          .map(([file]) => (own.test(file) ? `src/cpix/views/${module}` : file)),
      ),
    ];
    assert.ok(
      touched.includes(`src/cpix/views/${module}`) && touched.includes(join("src", "cpix", "views", "mod.rs")),
      `${name}: ${touched.join(", ")}`,
    );
    assert.ok(touched.length <= 5, `${name}: ${touched.join(", ")}`);
    assert.ok(!touched.some((file) => file.endsWith(".ts")), `${name}: ${touched.join(", ")}`);
  }
});

test("packagerSettings returns the same as the functions", async (t) => {
  const pack = await keys(t, {});
  assert.deepEqual(await packagerSettings("qencode", pack), await toQencode(pack));
  await assert.rejects(
    packagerSettings("wowza", pack),
    (error) => (assert.equal(shown(error).code, "view-options-invalid"), true),
  );
});
