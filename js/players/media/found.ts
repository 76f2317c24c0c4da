// The facts about init data that the machine needs.
import type { InitData, InitDataType, PsshBox } from "../../core.js";

/** `encrypted`, or WebKit's `webkitneedkey`. */
export interface InitDataEvent extends Event {
  initData: ArrayBuffer | Uint8Array | null;
  initDataType?: InitDataType;
}

/** The machine compares init data by these: see src/delivery/key_request.rs. */
export function describe(read: InitData | undefined) {
  const boxes = read?.boxes ?? [];
  return {
    boxes: boxes.map((box) => ({ systemId: box.systemId, keyIds: keyIdsOf(box), offset: box.offset, size: box.size })),
    keyIds: read?.keyIds ?? [],
    assetId: read?.fairplay?.assetId,
  };
}

/** The key ids that a box and its payload name. */
function keyIdsOf({ keyIds, widevine, playready }: PsshBox): string[] {
  const keys = [...(widevine?.entitledKeys ?? []), ...(playready?.keys ?? [])];
  const inPayload = [...(widevine?.keyIds ?? []), ...keys.map(({ keyId }) => keyId)];
  return [...keyIds, ...inPayload.filter((keyId) => keyId !== undefined)];
}
