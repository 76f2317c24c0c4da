// Test runners.
import { join } from "node:path";
import { asCommonJs } from "../commonjs.mjs";

const vitest = (environment) => ({
  name: `vitest-${environment}`,
  title: "Vitest",
  tool: "vitest",
  files: ["page", "server", "vitest"],
  rows: { [environment]: (project) => project.exec(`vitest run --environment ${environment}`) },
});

const jest = (environment) => ({
  name: `jest-${environment}`,
  title: "Jest",
  tool: "jest",
  files: ["page", "server", "jest"],
  manifest: { type: "commonjs" },
  prepare: async ({ folder }) => {
    for (const file of ["server-proof.js", "src/entries.js", "src/proof.js"]) asCommonJs(join(folder, file));
  },
  rows: { [environment]: (project) => project.exec(`jest --env ${environment}`) },
});

const modules = (environment) => ({
  name: `jest-${environment}-esm`,
  title: "Jest",
  tool: "jest",
  files: ["page", "server", "jest-esm"],
  needs: "jest",
  rows: {
    [`${environment}, ES modules`]: (project) =>
      project.exec(`jest --env ${environment}`, { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" }),
  },
});

export default [...["node", "jsdom"].flatMap((one) => [vitest(one), jest(one), modules(one)])];
