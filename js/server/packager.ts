// The views by name, as on the command line. Their types and rules are in src/cpix/views/.
import { call, type ViewInfo } from "./load.js";
import { plain } from "./plain.js";
import type { Packaged } from "./types.js";

/** Every packager that settings can be made for, with the options of each. */
export const packagerViews = (): Promise<ViewInfo[]> => call((core) => core.cpixViews());

/** Makes the settings of a packager by its name in `packagerViews()`; the functions `to…` do the same with types. */
export const packagerSettings = (
  name: string,
  pack: Packaged | Record<string, never>,
  options: object = {},
): Promise<unknown> => call((core) => core.cpixView(name, plain(pack), plain(options)));
