// Test runners. A test of the server runs in Node: pallycon-drm/server refuses an environment that looks like a
// browser's.
import { join } from "node:path";
import { asCommonJs } from "../commonjs.mjs";

const vitest = (environment, tests) => ({
  name: `vitest-${environment}`,
  title: "Vitest",
  tool: "vitest",
  files: ["page", "server", "vitest"],
  rows: { [environment]: (project) => project.exec(`vitest run --environment ${environment} ${tests}`.trim()) },
});

/** Without a flag of Node, Jest runs CommonJS only: the package's `require` condition. esbuild converts the tests. */
const commonjs = {
  name: "jest-commonjs",
  title: "Jest",
  tool: "jest",
  files: ["page", "server", "jest", "no-inspector"],
  needs: "jest",
  manifest: { type: "commonjs" },
  prepare: async ({ folder }) => {
    for (const file of ["server-proof.js", "src/entries.js", "src/proof.js"]) asCommonJs(join(folder, file));
  },
  rows: { "node, CommonJS": (project) => project.exec("jest") },
};

const modules = (environment, tests) => ({
  name: `jest-${environment}-esm`,
  title: "Jest",
  tool: "jest",
  files: ["page", "server", "jest-esm", ...(environment === "jsdom" ? ["jest-jsdom"] : [])],
  needs: "jest",
  rows: {
    [`${environment}, ES modules`]: (project) =>
      project.exec(`jest ${tests}`.trim(), { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" }),
  },
});

export default [
  ...[vitest, modules].flatMap((runner) => [runner("node", ""), runner("jsdom", "page.test.js")]),
  commonjs,
];
