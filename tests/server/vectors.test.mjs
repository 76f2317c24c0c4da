// The vendors' own examples, if a folder with them is given (PALLYCON_VECTORS); the other tests do not need it.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseCpixRequest, parseCpixResponse, toQencode } from "../../dist/server.js";

const folder = process.env.PALLYCON_VECTORS ? join(process.env.PALLYCON_VECTORS, "cpix") : "";
const read = (name) => readFileSync(join(folder, name), "utf8");
const names = folder && existsSync(folder) ? readdirSync(folder) : [];

for (const name of names.filter((name) => name.endsWith("-request.xml"))) {
  test(`${name} is read`, async () => {
    const { keyIds, systems, contentId } = await parseCpixRequest(read(name));
    assert.ok(contentId && keyIds.length === 1 && systems.length >= 1);
  });
}

for (const name of names.filter((name) => name.endsWith("-response.xml"))) {
  test(`${name} returns keys`, async () => {
    const xml = read(name);
    const {
      content_id,
      content_key_list: [key, ...more],
    } = await parseCpixResponse(xml);
    assert.equal(more.length, 0);
    assert.equal(content_id, /CPIX id="([^"]+)"/.exec(xml)[1]);
    assert.equal(key.key_id_hex, /<cpix:ContentKey[^>]*\skid="([^"]+)"/s.exec(xml)[1].replaceAll("-", ""));
    assert.equal(key.key_b64, /PlainValue>([^<]+)</.exec(xml)[1]);
    assert.equal(key.iv_b64, /explicitIV="([^"]+)"/.exec(xml)[1]);
    assert.deepEqual(key.period?.index, /index="128"/.test(xml) ? 128 : undefined);
    assert.deepEqual(key.track_type, /intendedTrackType="HD"/.test(xml) ? "HD" : undefined);
    if (name.startsWith("hls")) {
      assert.equal(key.fairplay.key_uri, Buffer.from(/URIExtXKey>([^<]+)</.exec(xml)[1], "base64").toString());
      // Shortened in the guide, so it is no longer base64: kept unchanged.
      assert.deepEqual(key.fairplay.hls_signaling, { media: "I0VYVC1YLUtFWTpN...DA1", master: "I0VYVC1YLVNFU...DU=" });
    } else {
      for (const drm of [key.widevine, name.startsWith("dash") ? key.playready : key.widevine]) {
        assert.ok(xml.includes(`<cpix:PSSH>${drm.pssh}</cpix:PSSH>`));
        assert.equal(Buffer.from(drm.pssh, "base64").subarray(32).toString("base64"), drm.pssh_payload_only);
      }
    }
  });
}

if (names.includes("pack-info.json")) {
  test("a document with pack-info.json's values prints as that file", async () => {
    const pack = JSON.parse(read("pack-info.json"));
    const [key] = pack.content_key_list;
    const uuid = key.key_id_hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    const system = (id, inner) => `<cpix:DRMSystem kid="${uuid}" systemId="${id}">${inner}</cpix:DRMSystem>`;
    const xml = `<cpix:CPIX id="${pack.content_id}" xmlns:cpix="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc"><cpix:ContentKeyList>
      <cpix:ContentKey kid="${uuid}" explicitIV="${key.iv_b64}"><cpix:Data><pskc:Secret><pskc:PlainValue>${key.key_b64}</pskc:PlainValue></pskc:Secret></cpix:Data></cpix:ContentKey></cpix:ContentKeyList>
      <cpix:DRMSystemList>${system("9A04F079-9840-4286-AB92-E65BE0885F95", `<cpix:PSSH>${key.playready.pssh}</cpix:PSSH>`)}
      ${system("EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED", `<cpix:PSSH>${key.widevine.pssh}</cpix:PSSH>`)}
      ${system("94CE86FB-07FF-4F43-ADB8-93D2FA968CA2", `<cpix:URIExtXKey>${Buffer.from(key.fairplay.key_uri).toString("base64")}</cpix:URIExtXKey>`)}</cpix:DRMSystemList></cpix:CPIX>`;
    assert.equal(JSON.stringify(await parseCpixResponse(xml), null, 2), JSON.stringify(pack, null, 2));
  });
}

if (names.includes("qencode-job.json")) {
  test("the Qencode guide's response results in the guide's job", async () => {
    const { query } = JSON.parse(read("qencode-job.json"));
    assert.deepEqual(
      await toQencode(await parseCpixResponse(read("doverunner-widevine-response.xml"))),
      query.format[0].cenc_drm,
    );
  });
}

test("the examples of a given folder were found", () => {
  if (folder)
    assert.ok(
      names.filter((name) => name.endsWith(".xml")).length >= 10 &&
        names.includes("pack-info.json") &&
        names.includes("qencode-job.json"),
    );
});
