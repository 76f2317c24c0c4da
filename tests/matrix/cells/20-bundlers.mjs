// Bundlers that build a page.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { IN_PAGE, IN_PAGE_INLINE } from "../project.mjs";

const WASM = ["player.wasm", "media.wasm", "inspect.wasm"];

/** `copied`: the bundler leaves the .wasm files behind. `inline`: the page imports the inline build. */
const page = (name, title, command, { tool = name, html, folder = ".", row = "page", copied, inline } = {}) => ({
  name,
  title,
  tool,
  files: ["page", ...(inline ? ["inline"] : []), ...(html ? [html] : [])],
  needs: copied ? "copy-wasm" : inline ? "inline" : undefined,
  rows: {
    [row]: async (project) => {
      await project.exec(command);
      const packed = join(project.folder, "node_modules/pallycon-drm/dist");
      if (copied) for (const file of WASM) cpSync(join(packed, file), join(project.folder, "dist", file));
      await project.page(
        `${await project.serve(folder)}/${html ? "dist.html" : ""}`,
        inline ? IN_PAGE_INLINE : IN_PAGE,
      );
    },
  },
});

const module = { html: "modules" };
const classic = { html: "classic" };
const esbuild = "esbuild src/main.js --bundle --outdir=dist";
const bun = "bun build src/main.js --outdir dist";

export default [
  page("webpack", "webpack", "webpack", { html: "webpack" }),
  page("rspack", "Rspack", "rspack build -c webpack.config.js", { html: "webpack" }),
  page("parcel", "Parcel", "parcel build index.html --dist-dir dist", { folder: "dist" }),
  page("rollup", "Rollup", "rollup -c", { html: "rollup", copied: true }),
  page("rollup-inline", "Rollup", "rollup -c", { html: "rollup", inline: true, tool: "rollup", row: "page, inline" }),
  ...[
    ["esm", module, { copied: true }],
    ["esm", module, { inline: true }],
    ["esm --splitting", module, { copied: true }],
    ["esm --splitting", module, { inline: true }],
    ["iife", classic, { inline: true }],
  ].map(([format, html, how]) => {
    const row = `${format.replace(" --", ", ")}${how.inline ? ", inline" : ""}`;
    const name = `esbuild-${row.replaceAll(", ", "-")}`;
    return page(name, "esbuild", `${esbuild} --format=${format}`, { tool: "esbuild", row, ...html, ...how });
  }),
  page("bun-page", "Bun", bun, { ...module, tool: "bun", row: "bun build", copied: true }),
  page("bun-page-inline", "Bun", bun, { ...module, tool: "bun", row: "bun build, inline", inline: true }),
  {
    name: "esbuild-node",
    title: "esbuild",
    tool: "esbuild",
    files: ["server", "node"],
    rows: Object.fromEntries(
      ["esm", "cjs"].map((format) => [
        `bundle for Node, ${format}`,
        async (project) => {
          const file = `out/main.${format === "esm" ? "mjs" : "cjs"}`;
          await project.exec(`esbuild main.js --bundle --platform=node --format=${format} --outfile=${file}`);
          await project.server(`node ${file}`);
        },
      ]),
    ),
  },
];
