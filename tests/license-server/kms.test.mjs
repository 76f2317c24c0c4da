import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import { DEMO } from "../../www/license-server/accounts.mjs";
import {
  FORM,
  bytesOf,
  fields,
  form,
  guid,
  openCkc,
  openPlayReady,
  openWidevine,
  playready,
  post,
  spc,
  start,
  widevine,
} from "./support.mjs";

const WIDEVINE = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed";
const PLAYREADY = "9a04f079-9840-4286-ab92-e65be0885f95";
const FAIRPLAY = "94ce86fb-07ff-4f43-adb8-93d2fa968ca2";
const A = "681e5b39-49f2-4dfa-b744-86573c22e6fb";
const B = "11111111-49f2-4dfa-b744-86573c22e6fb";
const V1 = `/v1/cpix/pallycon/getKey/${DEMO.kmsToken}`;
const V2 = `/v2/cpix/pallycon/getKey/${DEMO.kmsToken}`;

/** A request in the format of the specification. */
function cpix({ id = "packed", kids = [A], scheme, systems = [WIDEVINE, PLAYREADY], periods = "", rules = "" }) {
  const attribute = scheme === undefined ? "" : ` commonEncryptionScheme="${scheme}"`;
  return (
    `<?xml version="1.0"?><c:CPIX xmlns:c="urn:dashif:org:cpix" id="${id}"><!-- two keys at most -->` +
    `<c:ContentKeyList>${kids.map((kid) => `<c:ContentKey kid="${kid}"${attribute}></c:ContentKey>`).join("")}</c:ContentKeyList>` +
    `<c:DRMSystemList>${kids.flatMap((kid) => systems.map((system) => `<c:DRMSystem kid="${kid}" systemId='${system}'/>`)).join("")}</c:DRMSystemList>` +
    `${periods}${rules && `<c:ContentKeyUsageRuleList>${rules}</c:ContentKeyUsageRuleList>`}</c:CPIX>`
  );
}
const rule = (kid, track, inside = "") =>
  `<c:ContentKeyUsageRule kid="${kid}" intendedTrackType="${track}">${inside}</c:ContentKeyUsageRule>`;
const period = (id, index) => `<c:ContentKeyPeriod id="${id}" index="${index}"/>`;

/** What a packager reads from the response. */
function readAnswer(xml) {
  const keys = [
    ...xml.matchAll(
      /<cpix:ContentKey commonEncryptionScheme="(\w+)" explicitIV="([^"]+)" kid="([^"]+)">.*?<pskc:PlainValue>([^<]+)</g,
    ),
  ].map(([, scheme, iv, kid, key]) => ({
    scheme,
    kid,
    keyId: kid.replaceAll("-", ""),
    key: Buffer.from(key, "base64").toString("hex"),
    iv: Buffer.from(iv, "base64"),
  }));
  const systems = [...xml.matchAll(/<cpix:DRMSystem kid="([^"]+)" systemId="([^"]+)">(.*?)<\/cpix:DRMSystem>/g)].map(
    ([, kid, systemId, inside]) => {
      assert.equal(systemId, systemId.toUpperCase(), "the official client compares system ids in upper case");
      return { kid, systemId: systemId.toLowerCase(), inside };
    },
  );
  return { keys, systems };
}
const element = (inside, name) => {
  const text = new RegExp(`<cpix:${name}>([^<]+)</cpix:`).exec(inside)?.[1];
  return text === undefined ? undefined : Buffer.from(text, "base64");
};
async function ask(base, path, request) {
  const response = await fetch(base + path, {
    method: "POST",
    body: request,
    headers: { "content-type": "application/xml" },
  });
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.match(response.headers.get("content-type"), text.startsWith("{") ? /json/ : /^application\/xml/);
  return text.startsWith("{") ? JSON.parse(text) : { xml: text, ...readAnswer(text) };
}

test("version 1: one key, PSSH boxes, nothing of version 2", async (t) => {
  const { base, requests } = await start(t);
  const {
    xml,
    keys: [key, ...more],
    systems,
  } = await ask(base, V1, cpix({}));
  assert.deepEqual(more, []);
  assert.notEqual(key.kid, A);
  assert.deepEqual([key.scheme, key.key.length, key.iv.length], ["cenc", 32, 16]);
  assert.doesNotMatch(xml, /ContentProtectionData|HLSSignalingData|UsageRule/);
  assert.deepEqual(
    systems.map(({ kid, systemId }) => [kid, systemId]),
    [
      [key.kid, WIDEVINE],
      [key.kid, PLAYREADY],
    ],
  );
  const box = element(systems[0].inside, "PSSH");
  assert.equal(box.readUInt32BE(0), box.length);
  assert.equal(box.toString("latin1", 4, 8), "pssh");
  assert.equal(box.toString("hex", 8, 28), `00000000${WIDEVINE.replaceAll("-", "")}`);
  assert.equal(box.readUInt32BE(28), box.length - 32);
  assert.deepEqual(
    fields(box.subarray(32)).map(([number, value]) => [
      number,
      number === 2 ? value.toString("hex") : value.toString(),
    ]),
    [
      [1, "1"],
      [2, key.keyId],
      [3, "inkaentworks"],
      [4, "packed"],
    ],
  );
  const [entry] = await requests();
  assert.deepEqual([entry.kind, entry.status], ["kms", 200]);
});

test("PlayReady: 4.0 with a checksum for cenc, 4.3 for cbcs", async (t) => {
  const { base } = await start(t);
  const header = async (scheme) => {
    const {
      keys: [key],
      systems: [{ inside }],
    } = await ask(base, V2, cpix({ scheme, systems: [PLAYREADY] }));
    const object = element(inside, "ContentProtectionData");
    assert.deepEqual(element(inside, "PSSH").subarray(32), object);
    assert.deepEqual(
      [object.readUInt32LE(0), object.readUInt16LE(4), object.readUInt16LE(6), object.readUInt16LE(8)],
      [object.length, 1, 1, object.length - 10],
    );
    return { key, text: object.toString("utf16le", 10) };
  };
  const { key, text } = await header("cenc");
  assert.match(text, /version="4\.0\.0\.0"/);
  assert.equal(/<KID>(.*)<\/KID>/.exec(text)[1], guid(key.keyId).toString("base64"));
  const sealed = createCipheriv("aes-128-ecb", Buffer.from(key.key, "hex"), null).update(guid(key.keyId));
  assert.equal(/<CHECKSUM>(.*)<\/CHECKSUM>/.exec(text)[1], sealed.subarray(0, 8).toString("base64"));
  const cbcs = await header("cbcs");
  assert.match(cbcs.text, /version="4\.3\.0\.0"/);
  assert.match(cbcs.text, /<KID ALGID="AESCBC" VALUE="[^"]+">/);
  assert.equal(cbcs.key.key, key.key);
});

test("FairPlay: the URI and both playlist lines, cbcs whatever was requested", async (t) => {
  const { base } = await start(t);
  const {
    keys: [key],
    systems: [{ inside }],
  } = await ask(base, V2, cpix({ scheme: "cenc", systems: [FAIRPLAY] }));
  const uri = `skd://${Buffer.from(key.keyId, "hex").toString("base64")}`;
  assert.equal(key.scheme, "cbcs");
  assert.equal(element(inside, "URIExtXKey").toString(), uri);
  assert.equal(
    element(inside, "HLSSignalingData").toString(),
    `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="${uri}",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"`,
  );
  const master = /playlist="master">([^<]+)</.exec(inside)[1];
  assert.match(Buffer.from(master, "base64").toString(), /^#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd:/);
});

test("version 2: two keys for three systems are six elements and two usage rules", async (t) => {
  const { base } = await start(t);
  const rules = rule(A, "HD", '<c:VideoFilter minPixels="921600" maxPixels="2073600"/>') + rule(B, "AUDIO");
  const { xml, keys, systems } = await ask(
    base,
    V2,
    cpix({ kids: [A, B], scheme: "cbcs", systems: [WIDEVINE, PLAYREADY, FAIRPLAY], rules }),
  );
  assert.equal(keys.length, 2);
  assert.notEqual(keys[0].key, keys[1].key);
  assert.deepEqual(
    systems.map(({ kid }) => kid),
    [...Array(3).fill(keys[0].kid), ...Array(3).fill(keys[1].kid)],
  );
  assert.deepEqual(
    [...xml.matchAll(/<cpix:ContentKeyUsageRule .*?<\/cpix:ContentKeyUsageRule>/g)].map(([text]) => text),
    [
      `<cpix:ContentKeyUsageRule intendedTrackType="HD" kid="${keys[0].kid}"><cpix:VideoFilter maxPixels="2073600" minPixels="921600"/></cpix:ContentKeyUsageRule>`,
      `<cpix:ContentKeyUsageRule intendedTrackType="AUDIO" kid="${keys[1].kid}"></cpix:ContentKeyUsageRule>`,
    ],
  );
  const payload = element(systems[0].inside, "ContentProtectionData");
  assert.deepEqual(payload, element(systems[0].inside, "PSSH").subarray(32));
  assert.deepEqual(fields(payload).slice(-2), [
    [5, Buffer.from("HD")],
    [9, 0x63626373],
  ]);
});

test("key periods: in every system's format", async (t) => {
  const { base } = await start(t);
  const live = (periods, rules, more = {}) =>
    cpix({
      id: "live",
      systems: [WIDEVINE, PLAYREADY, FAIRPLAY],
      periods: `<c:ContentKeyPeriodList>${periods}</c:ContentKeyPeriodList>`,
      rules,
      ...more,
    });
  const {
    xml,
    keys: [key],
    systems,
  } = await ask(base, V2, live(period("p", 128), rule(A, "HD", '<c:KeyPeriodFilter periodId="p"/>')));
  assert.match(xml, /<cpix:ContentKeyPeriod id="p" index="128"\/>/);
  assert.match(xml, /<cpix:KeyPeriodFilter periodId="p"\/>/);
  const data = new Map(fields(element(systems[0].inside, "PSSH").subarray(32)));
  assert.deepEqual([data.get(4).toString(), data.get(7)], ["live0000000000000080", 128]);
  assert.match(
    element(systems[1].inside, "ContentProtectionData").toString("utf16le", 10),
    /<CUSTOMATTRIBUTES><PERIOD_INDEX>128<\/PERIOD_INDEX><\/CUSTOMATTRIBUTES>/,
  );
  assert.equal(element(systems[2].inside, "URIExtXKey").toString(), "skd://live0000000000000080");
  const two = rule(A, "HD", '<c:KeyPeriodFilter periodId="p"/>') + rule(B, "HD", '<c:KeyPeriodFilter periodId="q"/>');
  const both = await ask(base, V2, live(period("p", 128) + period("q", 129), two, { kids: [A, B] }));
  assert.equal(both.keys[0].key, key.key);
  assert.notEqual(both.keys[1].key, key.key);
});

test("the same content gets the same keys, other content gets others", async (t) => {
  const { base } = await start(t);
  const key = async (path, request) => (await ask(base, path, request)).keys[0].key;
  const first = await key(V1, cpix({}));
  assert.equal(await key(V2, cpix({ kids: [B] })), first);
  assert.notEqual(await key(V1, cpix({ id: "other" })), first);
});

test("SPEKE v1, DoveRunner and ATEME", async (t) => {
  const { base } = await start(t);
  const speke = await ask(base, `/cpix/getKey?enc-token=${DEMO.kmsToken}`, cpix({}));
  const dove = await ask(base, `/v2/cpix/doverunner/getKey/${DEMO.kmsToken}`, cpix({}));
  assert.equal(speke.keys[0].key, dove.keys[0].key);
  assert.doesNotMatch(speke.xml, /ContentProtectionData/);
  assert.equal(fields(element(dove.systems[0].inside, "ContentProtectionData"))[2][1].toString(), "doverunner");
  for (const [container, systems] of [
    ["dash", [WIDEVINE, PLAYREADY]],
    ["hls", [FAIRPLAY]],
  ]) {
    const response = await fetch(`${base}/cpix/anevia/${container}/${DEMO.kmsToken}/packed`);
    const xml = await response.text();
    assert.match(xml, /xmlns:xenc=.*xmlns:ns3=.*xmlns:ds=.*xmlns:xsi=/);
    const answer = readAnswer(xml);
    assert.deepEqual(
      answer.systems.map(({ systemId }) => systemId),
      systems,
    );
    assert.equal(answer.keys[0].key, speke.keys[0].key);
  }
  assert.equal(
    (await fetch(`${base}/v1/cpix/doverunner/getKey/${DEMO.kmsToken}`, { method: "POST", body: "" })).status,
    404,
  );
});

test("packaged content can be played, only in the same run", async (t) => {
  const { base, server, token } = await start(t);
  const {
    keys: [{ keyId, key }],
  } = await ask(base, V2, cpix({ systems: [WIDEVINE, PLAYREADY, FAIRPLAY] }));
  const own = [{ keyId, key }];
  const custom = (drm) => token(drm, "", "packed");
  assert.deepEqual(
    openWidevine(await bytesOf(await post(base, { body: widevine([keyId]), token: await custom("widevine") }))).keys,
    own,
  );
  assert.deepEqual(
    openPlayReady(await (await post(base, { body: playready([keyId]), token: await custom("playready") })).text()).keys,
    own,
  );
  const assetId = Buffer.from(keyId, "hex").toString("base64");
  const ckc = await (
    await post(base, { body: form(spc([], { assetId })), token: await custom("fairplay"), type: FORM })
  ).text();
  assert.deepEqual(openCkc(Buffer.from(ckc, "base64")).keys, own);
  const elsewhere = await post(`${server.url}/r/elsewhere`, {
    body: widevine([keyId]),
    token: await custom("widevine"),
  });
  assert.equal((await elsewhere.json()).errorCode, "7001");
});

test("refusals are JSON", async (t) => {
  const { base } = await start(t);
  const twoRules = rule(A, "HD") + rule(B, "AUDIO");
  const cases = [
    ["7016", "/v1/cpix/pallycon/getKey/wrong", cpix({})],
    ["7016", "/cpix/getKey", cpix({})],
    ["9999", V1, cpix({ kids: [A, B], rules: twoRules })],
    ["9999", V2, cpix({ systems: ["d9e4411a-e886-4909-a380-a77f28d52335"] })],
    ["9001", V2, ""],
    ["9001", V2, "<a>"],
    ["9001", V2, "<a/>"],
    ["9001", V2, `<!DOCTYPE x>${cpix({})}`],
    ["9001", V2, cpix({}).replace("dashif", "other")],
    ["9001", V2, cpix({ id: "" })],
    ["9001", V2, cpix({ id: "x".repeat(201) })],
    ["9001", V2, cpix({ kids: [] })],
    ["9001", V2, cpix({ kids: ["no-uuid"] })],
    ["9001", V2, cpix({ systems: [] })],
    ["9001", V2, cpix({ systems: [WIDEVINE, WIDEVINE] })],
    ["9001", V2, cpix({ scheme: "aes" })],
    ["9001", V2, cpix({ kids: [A, A], rules: twoRules })],
    ["9001", V2, cpix({ kids: [A, B] })],
    ["9001", V2, cpix({ kids: [A, B], rules: rule(A, "HD") + rule(B, "HD") })],
    ["9001", V2, cpix({ kids: [A, B], rules: rule(A, "HD") + rule(A, "SD") })],
    [
      "9001",
      V2,
      cpix({ kids: [A, B], rules: twoRules }).replace(
        "</c:DRMSystemList>",
        `<c:DRMSystem kid="${WIDEVINE}" systemId="${WIDEVINE}"/></c:DRMSystemList>`,
      ),
    ],
    ["9001", V2, cpix({ rules: rule(A, "8K") })],
    ["9001", V2, cpix({ rules: rule(A, "AUDIO", '<c:VideoFilter maxPixels="1"/>') })],
    ["9001", V2, cpix({ rules: rule(A, "HD", '<c:VideoFilter minPixels="2" maxPixels="1"/>') })],
    ["9001", V2, cpix({ rules: rule(A, "HD", '<c:VideoFilter minPixels="many"/>') })],
    ["9001", V2, cpix({ rules: rule(A, "HD", '<c:KeyPeriodFilter periodId="p"/>') })],
    ["9001", V2, cpix({ periods: `<c:ContentKeyPeriodList>${period("p", "x")}</c:ContentKeyPeriodList>` })],
    [
      "9001",
      V2,
      cpix({ periods: `<c:ContentKeyPeriodList>${period("p", 1)}${period("q", 2)}</c:ContentKeyPeriodList>` }),
    ],
  ];
  for (const [code, path, request] of cases) {
    const { errorCode, message } = await ask(base, path, request);
    assert.equal(errorCode, code, request);
    assert.ok(message.length > 10);
  }
  assert.equal(
    (await fetch(`${base}/cpix/anevia/dash/wrong/packed`).then((response) => response.json())).errorCode,
    "7016",
  );
});

test("a content id with markup is returned unchanged", async (t) => {
  const { base } = await start(t);
  const { xml, systems } = await ask(base, V2, cpix({ id: "a&amp;b&lt;&quot;&#xAC00;" }));
  assert.match(xml, /<cpix:CPIX id="a&#38;b&#60;&#34;가"/);
  assert.equal(fields(element(systems[0].inside, "ContentProtectionData"))[3][1].toString(), 'a&b<"가');
});
