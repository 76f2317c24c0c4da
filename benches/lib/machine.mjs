// The machine that the numbers were measured on: its kind, never its name.
import { cpus, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browserVersion, findBrowser } from "../../scripts/setup/browsers.mjs";
import { root } from "../../scripts/lib/paths.mjs";

const own = ["hls.js", "shaka-player"];
const compared = [
  "dashjs",
  "rx-player",
  "videojs-contrib-eme",
  "@svta/cml-iso-bmff",
  "codem-isoboxer",
  "mp4box",
  "mitata",
];
const versionOf = (folder, name) =>
  `${name} ${JSON.parse(readFileSync(join(root, folder, "node_modules", name, "package.json"), "utf8")).version}`;

/** @returns {import("./report.mjs").Table[]} */
export function machine() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return [
    {
      rows: [
        ["measured", "on"],
        ["package", `pallycon-drm ${version}`],
        [
          "machine",
          `${process.platform} ${process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
        ],
        ["browser", browserVersion(findBrowser("chromium") ?? "")?.replace(/ (built on|snap).*/, "") ?? "Chromium"],
        ["Node", process.versions.node],
        [
          "compared",
          [...own.map((name) => versionOf(".", name)), ...compared.map((name) => versionOf("benches", name))].join(
            ", ",
          ),
        ],
      ],
    },
  ];
}
