// "pallycon-drm/server" as a user's compiler sees it.
import {
  PallyConError,
  buildCpixRequest,
  createAuthData,
  createLicenseToken,
  kmsUrl,
  openAuthData,
  openLicenseToken,
  parseCpixRequest,
  parseCpixResponse,
  requestContentKeys,
  toBitmovin,
  toFlussonic,
  toNginxVod,
  toQencode,
  toShakaPackager,
  toSpeke,
  callbackHandler,
  tokenHandler,
  type Account,
  type PackInfo,
  type Policy,
  awsChecklist,
  packagerSettings,
  packagerViews,
  qencodePlayerParams,
  toBento4,
  toBitmovinCalls,
  toBitmovinSpeke,
  toFfmpeg,
  toQencodeJob,
} from "pallycon-drm/server";

declare const account: Account;
const policy: Policy = {
  policy_version: 2,
  playback_policy: {
    persistent: true,
    rental_duration: 60,
    renewal_duration: "60",
    expire_date: new Date(),
    allowed_track_types: "SD_HD",
  },
  security_policy: [
    {
      track_type: "HD",
      widevine: { security_level: 5, required_hdcp_version: "HDCP_V2_3" },
      playready: { security_level: 3000, enable_license_cipher: true },
      fairplay: { hdcp_enforcement: -1 },
    },
  ],
  external_key: { mpeg_cenc: [{ track_type: "ALL", key_id: "", key: "", iv: null }], hls_aes: [] },
};
// @ts-expect-error a misspelled field is an error
const misspelled: Policy = { playback_policy: { licenseDuration: 1 } };
// @ts-expect-error a level that PlayReady does not have
const level: Policy = { security_policy: [{ playready: { security_level: 1000 } }] };
// @ts-expect-error a duration is a number, or a number as text
const duration: Policy = { playback_policy: { license_duration: "an hour" } };
void [misspelled, level, duration];

const token: Promise<string> = createLicenseToken(account, {
  drmType: "widevine",
  userId: "u",
  contentId: "c",
  policy,
  responseFormat: "original",
  keyRotation: false,
  timestamp: new Date(),
});
// @ts-expect-error a DRM that PallyCon does not license by token
void createLicenseToken(account, { drmType: "clearkey", contentId: "c" });
const made: Date = (await openLicenseToken(account, await token)).timestamp;
const order: string | undefined = (
  await openAuthData(
    account,
    await createAuthData(account, { drmType: "NCG", userId: "u", contentId: "c", orderId: "o" }),
  )
).orderId;
void [made, order];

const url: string = await kmsUrl({ kind: "speke-v2", token: "t", base: "https://kms.example/", keyRotation: true });
const xml: string = await buildCpixRequest({
  contentId: "c",
  systems: ["widevine", "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"],
  scheme: "cbcs",
  tracks: ["AUDIO", { type: "HD", maxPixels: 1 }],
  keyPeriods: [1, { id: "a", index: 2 }],
});
const asked: string[] = (await parseCpixRequest(xml)).keyIds;
const pack: PackInfo = await requestContentKeys(url, xml, { signal: new AbortController().signal, timeout: 1 });
const again: PackInfo = await parseCpixResponse(xml);
const keyUri: string | undefined = pack.content_key_list[0]?.fairplay?.key_uri;
void [asked, again, keyUri];

const job: { key_id: string; key: string; pssh: string; la_url: string } = await toQencode(pack, { track: "HD" });
const data: string | undefined = (await toNginxVod(pack))[0]?.pssh[0]?.data;
const mode: "CTR" | "CBC" | undefined = (await toBitmovin(pack, { scheme: "cbcs" }))[0]?.cencDrm.encryptionMode;
const args: string[] = await toShakaPackager(pack, { hardwareDrm: true });
const settings: Record<string, unknown> = await toSpeke(
  { contentId: "c", systems: ["fairplay"] },
  { service: "mediaconvert", url, output: "hls" },
);
// @ts-expect-error MediaPackage needs a role
void toSpeke(pack, { service: "mediapackage", url, container: "cmaf", method: "cenc" });
const whole: string = (await toQencodeJob(pack, { template: { query: {} } })).query.source;
// @ts-expect-error a job needs a template
void toQencodeJob(pack, {});
const header: string = (await qencodePlayerParams({ src: "a.mpd", token: "t" })).videoSources.emeHeaders[
  "pallycon-customdata-v2"
];
const resource: "cenc" | "fairplay" | undefined = (
  await toBitmovinSpeke({ contentId: "c" }, { url, systems: ["widevine"] })
)[0]?.name;
const method: "create" | "start" | undefined = (await toBitmovinCalls(pack))[0]?.method;
const live: Record<string, unknown> = await toSpeke(pack, {
  service: "mediapackage-v1",
  url,
  roleArn: "arn:aws:iam::1:role/r",
  output: "dash",
});
const step: string | undefined = (await awsChecklist({ service: "mediaconvert" }))[0]?.role?.name;
const flags: string[] = [...(await toFfmpeg(pack)), ...(await toBento4(pack, { track: "HD" }))];
const known: ("keys" | "settings" | "options")[] = (await packagerViews()).map(({ input }) => input);
const any: unknown = await packagerSettings("ffmpeg", pack);
const line: string = await toFlussonic({ contentId: "c" }, { url });
void [job, data, mode, args, settings, whole, header, resource, method, live, step, flags, known, any, line];

const handler: (request: Request) => Promise<Response> = tokenHandler(
  account,
  async ({ contentId, drmType, request }) => {
    const user: string | null = request.headers.get("x-user");
    return (
      user !== null && {
        userId: user,
        policy: { playback_policy: { license_duration: contentId.length } },
        keyRotation: drmType === "Widevine",
      }
    );
  },
);
void handler(new Request("https://site.example/")).catch(
  (error: unknown) => error instanceof PallyConError && error.code,
);
tokenHandler(account, () => null, {
  drms: ["widevine", "FairPlay"],
  onError: (error: unknown) => void error,
  cors: { origins: ["https://www.example.com"], credentials: true },
});
// @ts-expect-error true is not a grant
tokenHandler(account, () => true);

const callback: (request: Request) => Promise<Response> = callbackHandler(
  account,
  async ({ userId, contentId, orderId, deviceId, deviceType, drmType, nonce, request }) => {
    const texts: (string | undefined)[] = [
      userId,
      contentId,
      orderId,
      deviceId,
      deviceType,
      drmType,
      nonce,
      request.url,
    ];
    return texts.length > 0 ? { policy, userId: "u" } : { error: { code: "E42", message: "no subscription" } };
  },
);
// @ts-expect-error a refusal has a code
callbackHandler(account, () => ({ error: { message: "no" } }));
void callback;
