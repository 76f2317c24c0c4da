import assert from "node:assert/strict";
import { test } from "node:test";
import {
  kmsUrl,
  requestContentKeys,
  toBitmovin,
  toFlussonic,
  toNginxVod,
  toQencode,
  toShakaPackager,
  toSpeke,
} from "../../dist/server.js";
import { KMS_TOKEN, shown, startKms } from "./support.mjs";

async function pack(t, options) {
  const { base } = await startKms(t);
  return requestContentKeys(await kmsUrl({ kind: "v2", token: KMS_TOKEN, base }), {
    contentId: "film",
    systems: ["widevine", "playready", "fairplay"],
    ...options,
  });
}

test("every view is made from one key", async (t) => {
  const keys = await pack(t, {});
  const [key] = keys.content_key_list;
  assert.deepEqual(await toQencode(keys), {
    key_id: key.key_id_hex,
    key: key.key_hex,
    iv: key.iv_hex,
    pssh: key.widevine.pssh,
    la_url: "https://drm-license.doverunner.com/ri/licenseManager.do",
  });
  assert.deepEqual(await toNginxVod(keys), [
    {
      pssh: [
        { uuid: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", data: key.widevine.pssh_payload_only },
        { uuid: "9a04f079-9840-4286-ab92-e65be0885f95", data: key.playready.pssh_payload_only },
      ],
      key: key.key_b64,
      key_id: key.key_id_b64,
      iv: key.iv_b64,
    },
  ]);
  assert.deepEqual(await toBitmovin(keys, { licenseUrl: "https://license.example/" }), [
    {
      cencDrm: {
        key: key.key_hex,
        kid: key.key_id_hex,
        encryptionMode: "CTR",
        widevine: { pssh: key.widevine.pssh_payload_only },
        playReady: { laUrl: "https://license.example/", pssh: key.playready.pssh_payload_only },
      },
    },
  ]);
  const boxes = [key.widevine, key.playready].map(({ pssh }) => Buffer.from(pssh, "base64").toString("hex")).join("");
  assert.deepEqual(await toShakaPackager(keys), [
    "--enable_raw_key_encryption",
    "--protection_scheme",
    "cenc",
    "--keys",
    `label=:key_id=${key.key_id_hex}:key=${key.key_hex}`,
    "--pssh",
    boxes,
  ]);
});

test("keys by track in cbcs", async (t) => {
  const keys = await pack(t, { tracks: ["AUDIO", "HD"], scheme: "cbcs" });
  const [audio, video] = keys.content_key_list;
  const resources = await toBitmovin(keys, { hardwareDrm: true });
  assert.deepEqual(
    resources.map(({ track_type, cencDrm }) => [track_type, cencDrm.kid, cencDrm.encryptionMode, cencDrm.fairPlay]),
    [
      ["AUDIO", audio.key_id_hex, "CBC", { iv: audio.iv_hex, uri: audio.fairplay.key_uri }],
      ["HD", video.key_id_hex, "CBC", { iv: video.iv_hex, uri: video.fairplay.key_uri }],
    ],
  );
  assert.equal((await toNginxVod(keys, { track: "HD" }))[0].key_id, video.key_id_b64);
  await assert.rejects(
    toNginxVod(keys),
    (error) => (
      assert.equal(shown(error).code, "view-options-invalid"), assert.match(error.message, /AUDIO, HD/), true
    ),
  );
  await assert.rejects(toQencode(keys, { track: "HD" }), /must be cenc/);
});

test("services that request keys themselves get settings", async () => {
  const mediaConvert = { service: "mediaconvert", url: await kmsUrl({ kind: "speke", token: "t" }), output: "dash" };
  assert.deepEqual(await toSpeke({ contentId: "film", systems: ["widevine", "playready"] }, mediaConvert), {
    PlaybackDeviceCompatibility: "CENC_V1",
    SpekeKeyProvider: {
      ResourceId: "film",
      SystemIds: ["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "9a04f079-9840-4286-ab92-e65be0885f95"],
      Url: "https://kms.pallycon.com/cpix/getKey?enc-token=t",
    },
  });
  const url = await kmsUrl({ kind: "speke-v2", token: "t", base: "https://kms.example/speke", keyRotation: true });
  const mediaPackage = {
    service: "mediapackage",
    url,
    roleArn: "arn:aws:iam::1:role/r",
    container: "cmaf",
    method: "cbcs",
    keyRotationInterval: 300,
  };
  assert.deepEqual(await toSpeke({ contentId: "film", systems: ["fairplay"] }, mediaPackage), {
    EncryptionMethod: { CmafEncryptionMethod: "CBCS" },
    KeyRotationIntervalSeconds: 300,
    SpekeKeyProvider: {
      DrmSystems: ["FAIRPLAY"],
      EncryptionContractConfiguration: { PresetSpeke20Audio: "SHARED", PresetSpeke20Video: "SHARED" },
      ResourceId: "film",
      RoleArn: "arn:aws:iam::1:role/r",
      Url: "https://kms.example/speke?enc-token=t&key-rotation=true",
    },
  });
  assert.equal(
    await toFlussonic({ contentId: "film" }, { url: await kmsUrl({ kind: "v2", token: "t" }) }),
    "drm pallycon keyserver=https://kms.pallycon.com/v2/cpix/pallycon/getKey/t resource_id=film;",
  );
});

test("pack info as an official client prints it is accepted", async () => {
  const key = {
    key_id_hex: "00".repeat(16),
    key_id_b64: "AAAAAAAAAAAAAAAAAAAAAA==",
    key_hex: "11".repeat(16),
    key_b64: "ERERERERERERERERERERERERE=",
    widevine: { pssh: "AAAAIHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAAA=", pssh_payload_only: "" },
  };
  const args = await toShakaPackager({ content_id: "film", content_key_list: [key] });
  assert.ok(args.includes(`label=:key_id=${"00".repeat(16)}:key=${"11".repeat(16)}`));
  await assert.rejects(toShakaPackager({}), (error) => (assert.equal(shown(error).code, "pack-info-invalid"), true));
});
