// The recipes, in their frameworks; for platforms that npm cannot install, called as the platform does.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { after, test } from "node:test";
import { build } from "esbuild";
import { openLicenseToken } from "../../dist/server.js";
import { TUTORIAL, root } from "./support.mjs";

const folder = new URL("examples/recipes/", root);
const ENV = {
  PALLYCON_SITE_ID: TUTORIAL.siteId,
  PALLYCON_SITE_KEY: TUTORIAL.siteKey,
  PALLYCON_ACCESS_KEY: TUTORIAL.accessKey,
};
Object.assign(process.env, ENV);

/** The checks for every recipe. `ask` takes path and init of a request, and resolves with {status, body, headers}. */
async function check(ask) {
  const granted = await ask("/api/drm/token?content_id=film-1&drm=widevine", { headers: { "x-user": "ann" } });
  assert.deepEqual([granted.status, granted.headers.get("cache-control")], [200, "no-store"]);
  const { userId, contentId, drmType, policy } = await openLicenseToken(TUTORIAL, granted.body);
  assert.deepEqual(
    [userId, contentId, drmType, policy.playback_policy.license_duration],
    ["ann", "film-1", "Widevine", 3600],
  );
  assert.equal((await ask("/api/drm/token?content_id=film-1&drm=widevine", {})).status, 403);
  assert.equal((await ask("/api/drm/token?drm=widevine", { headers: { "x-user": "ann" } })).status, 400);
  const head = await ask("/api/drm/token?content_id=film-1&drm=widevine", {
    method: "HEAD",
    headers: { "x-user": "ann" },
  });
  assert.deepEqual([head.status, head.body], [200, ""]);
}

const read = async (response) => ({ status: response.status, headers: response.headers, body: await response.text() });
const local = (handler) => async (path, init) => read(await handler(new Request(`https://site.example${path}`, init)));

for (const name of ["express", "fastify"]) {
  test(`${name}.mjs`, async (t) => {
    const server = spawn(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, folder))], {
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => server.kill());
    const [line] = await once(server.stdout, "data");
    const { origin } = new URL(String(line).trim());
    await check(async (path, init) => read(await fetch(`${origin}${path}`, init)));
    assert.equal((await fetch(`${origin}/api/drm/token`, { method: "DELETE" })).status, 405);
    assert.equal((await fetch(`${origin}/other`)).status, 404);
  });
}

test("hono.mjs", async () => {
  const { default: app } = await import(new URL("hono.mjs", folder));
  await check(local((request) => app.fetch(request)));
});

test("next-route.mjs: its exports are called by the request's method", async () => {
  const route = await import(new URL("next-route.mjs", folder));
  assert.equal(route.dynamic, "force-dynamic");
  await check(local((request) => route[request.method](request)));
});

test("cloudflare-worker.mjs: bundled with the module that the platform compiles", async () => {
  // Inside the project, so that the package's own name resolves.
  const out = mkdtempSync(join(fileURLToPath(root), "build/recipe-"));
  after(() => rmSync(out, { recursive: true, force: true }));
  const wasm = {
    name: "wasm",
    setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: /^\.\/server\.wasm$/ }, () => ({ path: join(out, "server.wasm") }));
      onLoad({ filter: /\.wasm$/ }, ({ path }) => ({
        contents: `import { readFileSync } from "node:fs"; export default new WebAssembly.Module(readFileSync(${JSON.stringify(path)}));`,
      }));
    },
  };
  execFileSync(process.execPath, ["dist/cli.js", "wasm", join(out, "server.wasm")], { cwd: fileURLToPath(root) });
  await build({
    entryPoints: [fileURLToPath(new URL("cloudflare-worker.mjs", folder))],
    outfile: join(out, "worker.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    plugins: [wasm],
    logLevel: "error",
  });
  // Nothing is compiled from bytes, which the platform forbids.
  const { compile } = WebAssembly;
  WebAssembly.compile = () => {
    throw new Error("compiled from bytes");
  };
  try {
    const { default: worker } = await import(pathToFileURL(join(out, "worker.mjs")));
    await check(local((request) => worker.fetch(request, ENV)));
  } finally {
    WebAssembly.compile = compile;
  }
});

test("aws-lambda.mjs: an event of payload format 2.0", async () => {
  const { handler } = await import(new URL("aws-lambda.mjs", folder));
  await check(async (path, { method = "GET", headers = {} }) => {
    const { pathname, search } = new URL(path, "https://x");
    const event = {
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers: { ...headers, host: "f.example" },
      requestContext: { domainName: "f.example", http: { method } },
    };
    const { statusCode, body, headers: given } = JSON.parse(JSON.stringify(await handler(event)));
    return { status: statusCode, body, headers: new Headers(given) };
  });
});

test("a recipe has at most 15 lines", () => {
  const names = readdirSync(folder);
  assert.ok(names.length >= 7);
  for (const name of names)
    assert.ok(readFileSync(new URL(name, folder), "utf8").trimEnd().split("\n").length <= 15, name);
});
