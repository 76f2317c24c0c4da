// Which DRMs this browser can really use: queried from the browser, never guessed from its name.
import { KEY_SYSTEM, LEGACY_FAIRPLAY } from "../core.js";
import type { InitDataType, Probed, ProbeOptions, Scheme } from "../types.js";
import { maxHdcp } from "./hdcp.js";
import { KEY_SYSTEMS, type KeySystem } from "./key-systems.js";
import { legacyKeys } from "./legacy-keys.js";
import { before, deadline, type Deadline } from "./time.js";

type Capability = MediaKeySystemMediaCapability & { encryptionScheme?: string | null };
interface Found {
  rank: number;
  probed: Probed;
}

const known = new Map<string, Promise<Found[]>>();

/**
 * Lists the DRMs that this browser can really use, best first: hardware before software, ClearKey last. Each key system
 * is queried at most three times. Resolves within `timeout` (5 s) with the results so far; results are cached, so
 * another call costs nothing. Without EME the list is empty: `diagnose()` says why. A hardware entry (L1, SL3000) needs
 * content packaged for it: audio and video with separate keys.
 */
export async function probe(options: ProbeOptions = {}): Promise<Probed[]> {
  const limit = deadline(options.timeout ?? 5000);
  const { list } = await probeUntil(limit, options).finally(limit.clear);
  return list;
}

/** The same within a caller's time limit; `complete` if every query has been answered by then. */
export async function probeUntil(
  limit: Deadline,
  options: ProbeOptions,
): Promise<{ list: Probed[]; complete: boolean }> {
  const { drms, codecs, scheme } = options;
  const found: Found[] = [];
  const complete = await before(
    limit,
    Promise.all(
      KEY_SYSTEMS.map(async (systems) => {
        if (drms && !drms.includes((systems[0] as KeySystem).drm)) return;
        const key = JSON.stringify([(systems[0] as KeySystem).name, codecs, scheme]);
        const asked = known.get(key) ?? first(systems, options);
        known.set(key, asked);
        found.push(...(await asked));
      }),
    ).then(() => true),
    false,
  );
  const list = found.sort((a, b) => b.rank - a.rank || order(a.probed) - order(b.probed)).map(({ probed }) => probed);
  // The experiment is only listed for what the plain name lacks.
  const plain = list.find(({ keySystem }) => keySystem === KEY_SYSTEM.widevine);
  const worth = list.filter(({ keySystem }) => !(keySystem.endsWith(".experiment") && plain?.securityLevel === "L1"));
  return { list: JSON.parse(JSON.stringify(worth)) as Probed[], complete }; // a list that the caller may change
}

const order = ({ keySystem }: Probed) =>
  KEY_SYSTEMS.findIndex((systems) => systems.some(({ name }) => name === keySystem));

async function first(systems: KeySystem[], options: ProbeOptions): Promise<Found[]> {
  for (const system of systems) {
    const probed = await ask(system, options).catch(() => undefined);
    if (probed) return [probed];
  }
  return legacyFairPlay(systems[0] as KeySystem, options);
}

async function ask(system: KeySystem, options: ProbeOptions): Promise<Found | undefined> {
  const strict = system.video.filter(Boolean);
  const { name } = system;
  let access: MediaKeySystemAccess | undefined;
  if (strict.length)
    access = await request(
      name,
      strict.map((video) => configuration(system, options, video)),
    );
  // Queried separately: Chrome logs a warning for a query without robustness, which is unnecessary if a level was
  // granted.
  if (!access && (strict.length < system.video.length || name === KEY_SYSTEM.widevine))
    access = await request(name, [configuration(system, options, "")]);
  if (!access) return undefined;

  const { videoCapabilities = [], audioCapabilities = [], initDataTypes = [] } = access.getConfiguration();
  const video = videoCapabilities[0]?.robustness;
  const audio = audioCapabilities[0]?.robustness;
  const best = video ?? audio ?? "";
  const securityLevel = system.level(best);
  const works = schemes(videoCapabilities.length ? videoCapabilities : audioCapabilities, system.scheme);
  if (options.scheme && !works.includes(options.scheme)) return undefined;
  const kept = {
    ...configuration(system, options, best),
    sessionTypes: ["persistent-license"],
    persistentState: "required" as const,
  };
  const [hdcp, persistent] = await Promise.all([maxHdcp(access), request(name, [kept])]);
  return {
    rank: system.rank(best),
    probed: {
      drm: system.drm,
      keySystem: name,
      ...(best || audio ? { robustness: { ...(video ? { video } : {}), ...(audio ? { audio } : {}) } } : {}),
      ...(securityLevel ? { securityLevel } : {}),
      initDataTypes: initDataTypes as InitDataType[],
      schemes: works,
      ...(hdcp ? { maxHdcp: hdcp } : {}),
      persistentLicense: !!persistent,
    },
  };
}

async function request(
  name: string,
  configurations: MediaKeySystemConfiguration[],
): Promise<MediaKeySystemAccess | undefined> {
  try {
    return await navigator.requestMediaKeySystemAccess(name, configurations);
  } catch {
    return undefined;
  }
}

/** One query: this robustness, for every codec and scheme. The result lists the supported capabilities. */
function configuration(
  system: KeySystem,
  { codecs, scheme }: ProbeOptions,
  robustness: string,
): MediaKeySystemConfiguration {
  const wanted = codecs?.video || codecs?.audio ? codecs : { video: "avc1.42E01E", audio: "mp4a.40.2" };
  const each = (kind: string, codec: string | undefined, levels: string[]): Capability[] =>
    !codec
      ? []
      : ([] as Capability[]).concat(
          ...levels.map((level) =>
            (scheme ? [scheme] : ["cenc", "cbcs"]).map((encryptionScheme) => ({
              contentType: codec.includes("/") ? codec : `${kind}/mp4; codecs="${codec}"`,
              robustness: level,
              encryptionScheme,
            })),
          ),
        );
  const videoCapabilities = each("video", wanted.video, [robustness]);
  const audioCapabilities = each("audio", wanted.audio, robustness ? system.audio : [""]);
  return {
    initDataTypes: system.initDataTypes,
    ...(videoCapabilities.length ? { videoCapabilities } : {}),
    ...(audioCapabilities.length ? { audioCapabilities } : {}),
    distinctiveIdentifier: "optional",
    persistentState: "optional",
    sessionTypes: ["temporary"],
  };
}

/** A browser that does not know `encryptionScheme` omits it from its result, and supports its traditional scheme. */
function schemes(capabilities: Capability[], usual: Scheme): ("cenc" | "cbcs")[] {
  const told = capabilities.map(({ encryptionScheme }) => encryptionScheme).filter(Boolean);
  return Array.from(new Set(told.length ? told : [usual])) as ("cenc" | "cbcs")[];
}

/** Before 12.1, Safari offers FairPlay only through its old API. */
function legacyFairPlay({ drm }: KeySystem, { scheme }: ProbeOptions): Found[] {
  if (drm !== "fairplay" || scheme === "cenc" || !legacyKeys()?.isTypeSupported(LEGACY_FAIRPLAY, "video/mp4"))
    return [];
  return [
    {
      rank: 3,
      probed: { drm, keySystem: LEGACY_FAIRPLAY, initDataTypes: ["skd"], schemes: ["cbcs"], persistentLicense: false },
    },
  ];
}
