// What the page asks of the package: run in a worker, or in the page where there can be none.
import { buildPlayReadyObject, buildPssh, buildWidevineData, init, inspectAny, type Finding } from "pallycon-drm/inspect";

export type Input = string | Uint8Array;

/** What can be written, and from which fields. */
export type Building =
  | { what: "pssh"; fields: Parameters<typeof buildPssh>[0] }
  | { what: "widevine"; fields: Parameters<typeof buildWidevineData>[0] }
  | { what: "playready"; fields: Parameters<typeof buildPlayReadyObject>[0] };

export const tools = {
  inspect: (input: Input): Finding => inspectAny(input, { ranges: true }),

  build({ what, fields }: Building): Uint8Array {
    if (what === "pssh") return buildPssh(fields);
    return what === "widevine" ? buildWidevineData(fields) : buildPlayReadyObject(fields);
  },

  /** A key id in any of its forms, as hex; nothing for what is not one. */
  keyId(text: string): string | undefined {
    const { kind, value } = inspectAny(text.trim());
    return kind === "key-id" ? (value as { keyId: string }).keyId : undefined;
  },
};

export type Tools = typeof tools;
export { init };
