// Mistakes that are easy to make in code for a bare video element, and that integrators have made.
const FILE = "js/players/media.ts";
const CDM = "js/players/media/cdm.ts";
const SPEC = "media.spec";
const FAIRPLAY = "media-fairplay.spec";
const REFUSED = { spec: SPEC, grep: "refusal: 7301" };
const BASE64 = (bytes) => `new TextEncoder().encode(btoa(String.fromCharCode(...${bytes})))`;

export default [
  {
    name: "media: FairPlay's content id is the host of the skd URI",
    spec: FAIRPLAY,
    grep: "the blob contains URI",
    edits: [
      [
        FILE,
        `client.initData(initData, "skd")?.fairplay?.assetId ?? ""`,
        `(client.initData(initData, "skd")?.fairplay?.assetId ?? "").split("/")[0]!`,
      ],
    ],
  },
  {
    name: "media: the CDM gets the license as base64 text",
    spec: SPEC,
    grep: "plays: FairPlay, a whole sinf",
    edits: [[FILE, `      await session.update(data);`, `      await session.update(${BASE64("data")});`]],
  },
  {
    name: "media: the CDM gets FairPlay's certificate as base64 text",
    spec: SPEC,
    grep: "plays: FairPlay, a whole sinf",
    edits: [
      [
        FILE,
        `    await cdm.certify(await client.certificate(drm as "fairplay" | "widevine"));`,
        `    await cdm.certify(${BASE64(`await client.certificate(drm as "fairplay" | "widevine")`)});`,
      ],
    ],
  },
  {
    name: "media: a request is made before the certificate is set",
    spec: FAIRPLAY,
    grep: "set before the first request",
    edits: [[FILE, `if (certificateNeeded) await certify(`, `if (certificateNeeded) void certify(`]],
  },
  {
    name: "media: sessions stay open after detaching",
    spec: SPEC,
    grep: "detached: every session is closed",
    edits: [[FILE, `    handle((machine) => machine.detached());\n`, ``]],
  },
  {
    name: "media: the element keeps its MediaKeys after detaching",
    spec: SPEC,
    grep: "detached: every session is closed",
    edits: [[FILE, `    await cdm?.detach();\n`, ``]],
  },
  {
    name: "media: the client's dispose() leaves the element attached",
    spec: SPEC,
    grep: "the client's dispose",
    edits: [[FILE, `  const undo = client.adopt(async () => {`, `  const undo = (async () => {`]],
  },
  {
    name: "media: a second mount does not wait for the end of the first one",
    spec: SPEC,
    grep: "React's strict mode",
    edits: [["js/players/attach.ts", `    await undo?.();\n`, ``]],
  },
  {
    name: "media: another source keeps the old one's sessions",
    spec: SPEC,
    grep: "a new source on the same element",
    edits: [[FILE, `  listen("emptied", () => handle((machine) => machine.sourceChanged()));\n`, ``]],
  },
  {
    name: "media: a session for each event, whatever its init data",
    spec: SPEC,
    grep: "repeated init data",
    edits: [
      [
        FILE,
        `machine.encrypted(initDataType, bytes, boxes, keyIds, assetId, buffered)`,
        `machine.encrypted(initDataType, bytes, [], [String(Math.random())], assetId, buffered)`,
      ],
    ],
  },
  {
    name: "media: FairPlay's session gets the wrong renewal command",
    spec: SPEC,
    grep: "gets the renewal command",
    edits: [[FILE, `new TextEncoder().encode("renew")`, `new TextEncoder().encode("renewal")`]],
  },
  {
    name: "media: a renewal with the first request's token",
    spec: SPEC,
    grep: "with its own token",
    edits: [
      [
        FILE,
        `initDataType, messageType, reason, signal }`,
        `initDataType, messageType: "license-request" as const, reason: "license" as const, signal }`,
      ],
    ],
  },
  {
    name: "media: a video that waits for a key is not reported",
    spec: SPEC,
    grep: "a key that no license brings",
    edits: [[FILE, `  listen("waitingforkey", () => handle((machine) => machine.waitingForKey()));\n`, ``]],
  },
  {
    name: "media: a refusal raises no event on the element",
    ...REFUSED,
    edits: [[FILE, `    video.dispatchEvent(new CustomEvent("pallyconerror", { detail: error }));\n`, ``]],
  },
  {
    name: "media: a refused license is requested endlessly",
    ...REFUSED,
    edits: [[FILE, `machine.refused(id, retryable)`, `machine.refused(id, retryable || true)`]],
  },
  {
    name: "media: key statuses in the order of a GUID",
    spec: SPEC,
    grep: "PlayReady with key ids in GUID order",
    edits: [
      [CDM, "keyId: hex(id as Bytes), status", "keyId: hex(new Uint8Array(id as ArrayBuffer).reverse()), status"],
    ],
  },
  {
    name: "media: the status of one key is reported for all",
    spec: SPEC,
    grep: "a key that is output-restricted",
    edits: [[CDM, "keyId: hex(id as Bytes), status", 'keyId: hex(id as Bytes), status: "usable"']],
  },
];
