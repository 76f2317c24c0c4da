import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import {
  PallyConError,
  createAuthData,
  createLicenseToken,
  openAuthData,
  openLicenseToken,
} from "../../dist/server.js";
import { PallyConError as OfTheMainEntry } from "../../dist/index.js";
import { checkCustomData } from "../../www/license-server/customdata.mjs";
import { TUTO } from "../../www/license-server/accounts.mjs";
import { mintAuthData, mintToken } from "../../www/license-server/token.mjs";
import { TUTORIAL, root, shown, vectors } from "./support.mjs";

const NOW = Date.parse("2026-05-05T12:00:00Z");
const accounts = new Map([[TUTO.siteId, TUTO]]);
/** How an implementation that shares no code with ours reads custom data. */
const check = (value, drm, now = NOW) => checkCustomData(value, { accounts, now, drm, tokenOnly: false });
const decoded = (token) => JSON.parse(Buffer.from(token, "base64").toString("utf8"));

test("the published known answer, field by field", async () => {
  // K6 of docs/protocol.md
  const token = decoded(
    await createLicenseToken(TUTORIAL, {
      drmType: "Widevine",
      userId: "test-user",
      contentId: "bigbuckbunny",
      timestamp: new Date("2019-07-17T08:57:04.512Z"),
      policy: { policy_version: 2, playback_policy: { persistent: false, license_duration: 3600 } },
    }),
  );
  assert.deepEqual(token, {
    drm_type: "Widevine",
    site_id: "TUTO",
    user_id: "test-user",
    cid: "bigbuckbunny",
    policy:
      "sX7DEMZ1S2xaMoIt76m+yDwylZRVJ2Gzs2I1b0+mzL0X9FcJ43aAloqI5noG2iyCdxCNKsSBE5OrTJyq40pxt2RCkTT0BoMjtdssk+thamOyJsZzmOJ2s3fVVuvz2z01",
    timestamp: "2019-07-17T08:57:04Z",
    hash: "HaDM1POIGN+siARLgncSB7y366lB/xnkKAoGEER+Mts=",
  });
});

test("an independent implementation accepts tokens made here", async () => {
  for (const drm of ["widevine", "playready", "fairplay"]) {
    const token = await createLicenseToken(TUTORIAL, {
      drmType: drm,
      contentId: "film/1+é",
      timestamp: new Date(NOW),
      keyRotation: true,
      responseFormat: "json",
      policy: { playback_policy: { license_duration: 60, max_stream_per_user: 1 } },
    });
    const grant = check(token, drm);
    assert.deepEqual(
      [grant.cid, grant.keyRotation, grant.json, grant.playback],
      ["film/1+é", true, true, { license_duration: 60, max_stream_per_user: 1 }],
    );
  }
  const authData = await createAuthData(TUTORIAL, { drmType: "widevine", userId: "u", contentId: "film" });
  assert.equal(check(authData, "widevine").cid, "film");
});

test("an independent implementation's tokens open here", async () => {
  const token = mintToken(TUTO, {
    drmType: "FairPlay",
    cid: "film",
    userId: "u",
    timestamp: "2026-05-05T12:00:00Z",
    keyRotation: true,
    responseFormat: "original",
  });
  assert.deepEqual(await openLicenseToken(TUTORIAL, token), {
    drmType: "FairPlay",
    siteId: "TUTO",
    userId: "u",
    contentId: "film",
    policy: { policy_version: 2, playback_policy: { persistent: false, license_duration: 3600 } },
    timestamp: new Date(NOW),
    responseFormat: "original",
    keyRotation: true,
  });
  assert.deepEqual(await openAuthData(TUTORIAL, mintAuthData(TUTO, { drmType: "NCG", cid: "film" })), {
    drmType: "NCG",
    siteId: "TUTO",
    userId: "LICENSETOKEN",
    contentId: "film",
  });
});

test("tokens of python-pallycon open here", async () => {
  const { minted_by, tokens } = vectors("python-pallycon.json");
  assert.match(minted_by, /^python-pallycon \d/);
  for (const { drmType, userId, contentId, policy, timestamp, token } of tokens) {
    assert.deepEqual(await openLicenseToken(TUTORIAL, token), {
      drmType,
      siteId: "TUTO",
      userId,
      contentId,
      policy,
      timestamp: new Date(timestamp),
    });
  }
});

test("a token made here from the same parts equals python-pallycon's, byte for byte", async () => {
  const { tokens } = vectors("python-pallycon.json");
  // Each field of a policy is in one of them: tokens made here equal those of another implementation.
  const fields = new Set();
  const collect = (value) => {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) Object.keys(value).forEach((name) => fields.add(name));
    Object.values(value).forEach(collect);
  };
  // Version 1 can be opened, not made.
  for (const { drmType, userId, contentId, policy, timestamp, token } of tokens.filter(
    ({ policy }) => policy.policy_version === 2,
  )) {
    collect(policy);
    const theirs = decoded(token);
    const ours = decoded(
      await createLicenseToken(TUTORIAL, { drmType, userId, contentId, policy, timestamp: new Date(timestamp) }),
    );
    assert.deepEqual([ours.policy, ours.hash], [theirs.token, theirs.hash], contentId);
  }
  const types = readFileSync(new URL("js/server/policy.ts", root), "utf8");
  const known = [...types.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);
  assert.ok(known.length > 40);
  assert.deepEqual(
    [...new Set(known)].filter((name) => !fields.has(name)),
    [],
    "fields that no vector has",
  );
});

test("both directions, with Dates and undefined fields", async () => {
  const policy = { playback_policy: { expire_date: new Date("2099-01-02T03:04:05.678Z"), persistent: undefined } };
  const token = await createLicenseToken(TUTORIAL, {
    drmType: "widevine",
    contentId: "film",
    policy,
    userId: undefined,
    timestamp: undefined,
  });
  const opened = await openLicenseToken(TUTORIAL, token);
  assert.deepEqual(opened.policy, { policy_version: 2, playback_policy: { expire_date: "2099-01-02T03:04:05Z" } });
  assert.ok(Math.abs(opened.timestamp - Date.now()) < 60_000);
  const options = { drmType: "NCG", userId: "u", contentId: "c", orderId: "o", contentType: "live" };
  assert.deepEqual(await openAuthData(TUTORIAL, await createAuthData(TUTORIAL, options)), {
    ...options,
    siteId: "TUTO",
  });
});

test("invalid input is named, as a PallyConError without any key", async () => {
  const options = { drmType: "widevine", contentId: "film" };
  const loop = {};
  loop.loop = loop;
  for (const [account, given, code, message] of [
    [
      TUTORIAL,
      { ...options, policy: { playback_policy: { licenseDuration: 1 } } },
      "policy-invalid",
      /licenseDuration is not known; did you mean "license_duration"\?$/,
    ],
    [
      TUTORIAL,
      { ...options, policy: { external_key: { mpeg_cenc: [{ track_type: "ALL", key_id: "00", key: "5ec4e7" }] } } },
      "policy-invalid",
      /key_id must be 16 bytes in hex\.$/,
    ],
    [TUTORIAL, { ...options, policy: null }, "policy-invalid", /is not an object/],
    [
      TUTORIAL,
      { ...options, policy: { playback_policy: { license_duration: Number.NaN } } },
      "options-invalid",
      /not finite/,
    ],
    [TUTORIAL, { ...options, policy: loop }, "options-invalid", /nested too deep/],
    [TUTORIAL, { ...options, timestamp: new Date(Number.NaN) }, "options-invalid", /invalid Date/],
    [
      TUTORIAL,
      { ...options, userId: "u".repeat(257) },
      "token-options-invalid",
      /userId is longer than 256 characters/,
    ],
    [TUTORIAL, { ...options, userId: "ann\u0000" }, "token-options-invalid", /userId contains a control character/],
    [TUTORIAL, { ...options, userId: "ann\r\nbob" }, "token-options-invalid", /userId contains a control character/],
    [TUTORIAL, { ...options, drmType: "clearkey" }, "token-options-invalid", /drmType must be one of NCG/],
    [TUTORIAL, { ...options, cid: "x" }, "token-options-invalid", /cid is not known/],
    [TUTORIAL, undefined, "token-options-invalid", /drmType is missing/],
    [{ ...TUTORIAL, siteKey: "short" }, options, "account-invalid", /32 characters/],
    [{ ...TUTORIAL, siteKey: undefined }, options, "account-invalid", /32 characters/],
    [{ ...TUTORIAL, accessKey: undefined }, options, "account-invalid", /needs the access key/],
    [undefined, options, "account-invalid", /site ID/],
  ]) {
    await assert.rejects(createLicenseToken(account, given), (error) => {
      assert.ok(error instanceof PallyConError && error instanceof OfTheMainEntry);
      assert.deepEqual(shown(error, ["5ec4e7"]), { name: "PallyConError", code, phase: "server" });
      assert.match(error.message, message);
      assert.ok(error.hint.length > 20);
      return true;
    });
  }
});

test("objects that store their data elsewhere are refused, not sealed as an empty policy", async () => {
  class Policy {
    get playback_policy() {
      return { license_duration: 60 };
    }
  }
  class Fields {
    playback_policy = { license_duration: 60 };
  }
  const options = { drmType: "widevine", contentId: "film" };
  for (const [policy, type] of [
    [new Map([["playback_policy", { license_duration: 60 }]]), "Map"],
    [new Policy(), "Policy"],
    [new Fields(), "Fields"],
    [new URLSearchParams("policy_version=2"), "URLSearchParams"],
    [Object.create({ playback_policy: {} }), "Object"],
    [new Set(), "Set"],
    [new Uint8Array(3), "Uint8Array"],
    [Promise.resolve({}), "Promise"],
    [() => ({}), "function"],
    [Symbol("x"), "symbol"],
    [new String("x"), "String"],
  ]) {
    const refused = (path) => (error) => (
      assert.equal(shown(error).code, "options-invalid"),
      assert.equal(error.message, `${path}: a value of type ${type} cannot be read.`),
      true
    );
    await assert.rejects(createLicenseToken(TUTORIAL, { ...options, policy }), refused("policy"));
    await assert.rejects(
      createLicenseToken(TUTORIAL, { ...options, policy: { security_policy: [{ widevine: policy }] } }),
      refused("policy.security_policy[0].widevine"),
    );
    await assert.rejects(createLicenseToken(TUTORIAL, policy), refused("options"));
  }
  for (const policy of [
    Object.assign(Object.create(null), { playback_policy: { license_duration: 60 } }),
    {
      get playback_policy() {
        return { license_duration: 60 };
      },
    },
  ]) {
    assert.deepEqual(
      (await openLicenseToken(TUTORIAL, await createLicenseToken(TUTORIAL, { ...options, policy }))).policy,
      { policy_version: 2, playback_policy: { license_duration: 60 } },
    );
  }
});

test("objects of another realm are accepted", async () => {
  const options = runInNewContext(`({ drmType: "widevine", contentId: "film", timestamp: new Date(${NOW}),
    policy: { playback_policy: { expire_date: new Date("2099-01-02T03:04:05Z") }, security_policy: [{ track_type: "HD" }] } })`);
  assert.ok(!(options instanceof Object) && !(options.timestamp instanceof Date));
  const opened = await openLicenseToken(TUTORIAL, await createLicenseToken(TUTORIAL, options));
  assert.equal(Number(opened.timestamp), NOW);
  assert.deepEqual(opened.policy, {
    policy_version: 2,
    playback_policy: { expire_date: "2099-01-02T03:04:05Z" },
    security_policy: [{ track_type: "HD" }],
  });
  await assert.rejects(
    createLicenseToken(TUTORIAL, runInNewContext("({ drmType: 'ncg', contentId: 'a', policy: new Map() })")),
    /policy: a value of type Map/,
  );
});

test("a changed token, another site and another key are distinguished", async () => {
  const token = await createLicenseToken(TUTORIAL, { drmType: "widevine", contentId: "film" });
  const changed = Buffer.from(JSON.stringify({ ...decoded(token), cid: "other" })).toString("base64");
  for (const [account, value, code] of [
    [TUTORIAL, changed, "token-hash-mismatch"],
    [{ ...TUTORIAL, accessKey: "x".repeat(32) }, token, "token-hash-mismatch"],
    [{ ...TUTORIAL, siteKey: "x".repeat(32) }, token, "site-key-mismatch"],
    [{ ...TUTORIAL, siteId: "DEMO" }, token, "site-mismatch"],
    [TUTORIAL, "not a token", "custom-data-invalid"],
    [TUTORIAL, undefined, "custom-data-invalid"],
  ]) {
    await assert.rejects(
      openLicenseToken(account, value),
      (error) => (assert.deepEqual(shown(error).code, code), true),
    );
  }
});

test("unknown policy fields are accepted if the option allows them", async () => {
  const policy = { playback_policy: { invented_later: { deep: [1, "two", null, true] } } };
  const token = await createLicenseToken(TUTORIAL, {
    drmType: "widevine",
    contentId: "film",
    policy,
    allowUnknown: true,
  });
  assert.deepEqual((await openLicenseToken(TUTORIAL, token)).policy, { policy_version: 2, ...policy });
});
