// Runtimes: Node, Bun, Deno, and workerd, which compiles no bytes.
import { join } from "node:path";
import { asCommonJs } from "../commonjs.mjs";
import { CLI, IN_NODE, IN_WORKER } from "../project.mjs";

const both = (line, expected, title) => ({
  [title]: async (project) => {
    await project.server(`${line} main.js`);
    await project.prints(`${line} page.js`, expected);
  },
});

export default [
  {
    name: "node-import",
    title: "Node",
    tool: "plain",
    files: ["page", "server", "node"],
    rows: both("node", IN_NODE, "import"),
  },
  {
    name: "node-require",
    title: "Node",
    tool: "plain",
    files: ["page", "server", "node"],
    manifest: { type: "commonjs" },
    prepare: async ({ folder }) => {
      for (const file of ["main.js", "page.js", "server-proof.js", "src/entries.js", "src/proof.js"])
        asCommonJs(join(folder, file));
    },
    rows: both("node", IN_NODE, "require"),
  },
  { name: "bun", title: "Bun", tool: "bun", files: ["page", "server", "node"], rows: both("bun", IN_WORKER, "run") },
  {
    name: "deno",
    title: "Deno",
    tool: "deno",
    files: ["page", "server", "node"],
    rows: both("deno run -A", IN_WORKER, "run"),
  },
  {
    name: "workerd",
    title: "workerd (Miniflare)",
    tool: "workerd",
    files: ["server", "workerd"],
    needs: "edge",
    prepare: (project) => project.exec(`${CLI} wasm server.wasm`),
    rows: { worker: (project) => project.server("node serve.js") },
  },
];
