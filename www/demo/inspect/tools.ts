// The page's calls into the package: run in a worker, or in the page if workers are unavailable.
import {
  buildPlayReadyObject,
  buildPssh,
  buildWidevineData,
  init,
  inspectAny,
  type Finding,
} from "pallycon-drm/inspect";

export type Input = string | Uint8Array;

/** What can be built, and from which fields. */
export type Building =
  | { what: "pssh"; fields: Parameters<typeof buildPssh>[0] }
  | { what: "widevine"; fields: Parameters<typeof buildWidevineData>[0] }
  | { what: "playready"; fields: Parameters<typeof buildPlayReadyObject>[0] };

/** A finding for the page: only the first entries of very long lists. */
export interface Shown extends Finding {
  left?: { name: string; shown: number; of: number };
}

/** Each entry is dozens of objects and ranges, and receiving thousands of them would block the page. */
const MOST = 250;

function shortened(finding: Finding): Shown {
  const fields = finding.value as Record<string, unknown>;
  const long = Object.entries(fields).find(
    ([name, list]) => name !== "warnings" && Array.isArray(list) && list.length > MOST && typeof list[0] === "object",
  );
  if (!long) return finding;
  const [name, list] = long as [string, unknown[]];
  const ranges = finding.ranges?.filter(({ path: [first, index] }) => first !== name || Number(index) < MOST);
  return {
    ...finding,
    value: { ...fields, [name]: list.slice(0, MOST) },
    ...(ranges && { ranges }),
    left: { name, shown: MOST, of: list.length },
  };
}

export const tools = {
  inspect: (input: Input): Shown => shortened(inspectAny(input, { ranges: true })),

  build({ what, fields }: Building): Uint8Array {
    if (what === "pssh") return buildPssh(fields);
    return what === "widevine" ? buildWidevineData(fields) : buildPlayReadyObject(fields);
  },

  /** A key id in any of its forms, as hex; undefined for anything else. */
  keyId(text: string): string | undefined {
    const { kind, value } = inspectAny(text.trim());
    return kind === "key-id" ? (value as { keyId: string }).keyId : undefined;
  },
};

export type Tools = typeof tools;
export { init };
