// The lab's cases: those of cases.mjs that a page can provoke, a few that need a frame, and every code of the license
// server.
import { CASES } from "./cases.mjs";
import { entriesOf, type ErrorTable } from "./catalog.js";

export type LabPlayer = "shaka" | "hls" | "eme";
export interface LabCase {
  id: string;
  group: string;
  what: string;
  drm: "widevine" | "playready" | "fairplay";
  faults?: object[];
  /** configuration of the bridge; null: the browser without it */
  bridge?: object | null;
  /** for compare.play() */
  run?: Record<string, unknown>;
  /** also runs diagnose() */
  environment?: boolean;
  probe?: boolean;
  again?: boolean;
  /** milliseconds to keep watching after playback has started */
  listen?: number;
  players?: LabPlayer[];
  frame?: { document?: string; allow?: string; eme?: "none" };
}

export const LAB_PLAYERS: Record<LabPlayer, string> = {
  shaka: "Shaka Player",
  hls: "hls.js",
  eme: "EME without a player",
};
export const SYSTEMS = {
  widevine: "com.widevine.alpha",
  playready: "com.microsoft.playready",
  fairplay: "com.apple.fps",
};
export const CONTENT = { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs" };
const NAMES = { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay" };

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

interface Case extends Omit<LabCase, "id" | "group"> {
  pain?: number;
  group?: string;
  section?: string;
  headers?: object;
  webkit?: boolean;
  host?: string;
  framed?: boolean;
  playlists?: string;
  strays?: boolean;
}

/** Cases that need another browser, other headers or other playlists are only on the recorded page. */
const provokable = ({ headers, webkit, host, framed, playlists, strays }: Case): boolean =>
  !headers && !webkit && !host && !framed && !playlists && !strays;
const GROUPS: Record<string, string> = {
  control: "Nothing",
  answer: "Answers that are not a license",
  page: "The browser and the page",
};

const recorded = (CASES as Case[]).filter(provokable).map(
  (one): LabCase => ({
    ...one,
    id: slug(`${one.what} ${one.drm}`),
    what: `${one.what[0]!.toUpperCase()}${one.what.slice(1)} (${NAMES[one.drm]})`,
    group: one.section ? GROUPS[one.section]! : one.pain ? "What users report" : "PallyCon refuses",
  }),
);

const PAGE: LabCase[] = [
  { what: "No EME in the browser (removed from the frame)", frame: { eme: "none" as const } },
  { what: "An iframe that may not use EME", frame: { allow: "encrypted-media 'none'" } },
  { what: "A Content-Security-Policy without wasm", frame: { document: "errors-frame-no-wasm.html" } },
  { what: "A Content-Security-Policy without the license server", frame: { document: "errors-frame-no-license.html" } },
].map((one) => ({
  ...one,
  id: slug(one.what),
  group: GROUPS.page!,
  drm: "widevine",
  environment: true,
  ...(one.frame.document ? {} : { bridge: null }),
}));

const drmOfNumber = (number: number): LabCase["drm"] =>
  number >= 7200 && number < 7300 ? "playready" : number >= 7300 && number < 7400 ? "fairplay" : "widevine";

const codes = (table: ErrorTable): LabCase[] =>
  entriesOf(table)
    .filter(({ pallycon }) => pallycon)
    .map(({ pallycon, cause, phase }) => ({
      id: `code-${pallycon}`,
      group: "Every code of PallyCon",
      what: `${pallycon}: ${cause}`,
      drm: drmOfNumber(pallycon!),
      faults: [{ on: phase === "certificate" ? "certificate" : "license", fault: `error:${pallycon}` }],
    }));

export const labCases = (table: ErrorTable): LabCase[] => {
  const order = ["Nothing", "What users report", "PallyCon refuses", GROUPS.answer, GROUPS.page];
  const cases = recorded.concat(PAGE).sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  return cases.concat(codes(table));
};
