// The modules that the build (scripts/lib/site.mjs) generates.
declare module "*?text" {
  const text: string;
  export default text;
}
declare module "*.sample.js" {
  export const play: import("./play/samples/index.js").Sample["play"];
}
/** www/media/catalog.json without the keys. */
declare module "site:catalog" {
  const contents: import("./play/choices.js").Content[];
  export default contents;
}
/** errors.json: the sections and hints. */
declare module "site:errors" {
  const table: import("./errors/catalog.js").ErrorTable;
  export default table;
}
declare module "*/compare/stage.js" {
  import type * as pallycon from "pallycon-drm";
  export interface Stage {
    pallycon: typeof pallycon;
    seen: string[];
    events: pallycon.PallyConEvent[];
    license: string;
    play(run: { player: string; ours: boolean; drm: string; keySystem: string; contentId: string }): Promise<void>;
    frames(): number;
  }
  export function createStage(options: { base: string; host?: string; video: HTMLVideoElement }): Stage;
}
declare module "*/cases.mjs" {
  export const CASES: object[];
}
