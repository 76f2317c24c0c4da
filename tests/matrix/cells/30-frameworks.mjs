// Frameworks: pages and server routes, built and in development.
import { CLI, IN_PAGE, IN_PAGE_INLINE } from "../project.mjs";

const page = async (project, command) => project.page(await project.start(command));

const astro = (name, row, files, needs, run) => ({
  name,
  title: "Astro",
  tool: "astro",
  files: ["page", "astro", ...files],
  needs,
  rows: { [row]: run },
});

/** What the React hook's proof finds: its token reached the request, and the license the player. */
const HOOK = { token: true, license: 5 };
const ACCOUNT = {
  PALLYCON_SITE_ID: "DEMO",
  PALLYCON_SITE_KEY: "0123456789abcdef0123456789abcdef",
  PALLYCON_ACCESS_KEY: "fedcba9876543210fedcba9876543210",
};

const next = (bundler) => ({
  name: `next-${bundler}`,
  title: "Next.js",
  tool: "next",
  files: ["page", "server", "react", "next"],
  prepare: async (project) => {
    await project.exec(`next build --${bundler}`);
    return project.start("next start -H 127.0.0.1 -p PORT", ACCOUNT);
  },
  rows: {
    [`page, ${bundler}`]: (project, url) => project.page(url),
    [`React hook, ${bundler}`]: (project, url) => project.page(`${url}/player`, HOOK),
    [`server route, ${bundler}`]: (project, url) => project.route(`${url}/api/proof`),
  },
});

/**
 * Its builds take the inline build of the viewers' entries by an export condition; the inspector's module is an asset.
 */
const angular = (name, files, needs, expected) => {
  const what = needs ? "inspector, " : "";
  return {
    name,
    title: "Angular",
    tool: "angular",
    files: ["page", "angular", ...files],
    needs,
    rows: {
      [`${what}ng build`]: async (project) => {
        await project.exec("ng build");
        await project.page(await project.serve("dist/app/browser"), expected);
      },
      [`${what}ng serve`]: async (project) => {
        await project.page(await project.start("ng serve --host 127.0.0.1 --port PORT"), expected);
      },
    },
  };
};

/**
 * With webpack it is Next.js 15: `next build --webpack` of 16.3 and 16.4 fails for every edge route, even one without
 * imports (ENOENT: route_client-reference-manifest.js).
 */
const edge = (bundler, tool, build) => ({
  name: `next-edge-${bundler}`,
  title: "Next.js",
  tool,
  files: ["server", "next-edge"],
  needs: "edge",
  rows: {
    [`edge route, ${bundler}`]: async (project) => {
      await project.exec(`${CLI} wasm app/api/edge/server.wasm`);
      await project.exec(build);
      await project.route(`${await project.start("next start -H 127.0.0.1 -p PORT")}/api/edge`);
    },
  },
});

const kit = (as) => ({
  name: `sveltekit-${as}`,
  title: "SvelteKit",
  tool: "sveltekit",
  files: ["page", "server", "sveltekit"],
  manifest: { as },
  prepare: async (project) => {
    await project.exec("vite build");
    return project.start("node build", { HOST: "127.0.0.1" });
  },
  rows: {
    [`page, package in ${as}`]: (project, url) => project.page(url),
    [`server route, package in ${as}`]: (project, url) => project.route(`${url}/token`),
  },
});

export default [
  astro("astro", "astro build", [], undefined, async (project) => {
    await project.exec("astro build");
    await project.page(await project.serve("dist"));
  }),
  astro("astro-dev", "astro dev", ["astro-dev"], "vite-dev", (project) =>
    page(project, "astro dev --host 127.0.0.1 --port PORT"),
  ),
  angular("angular", ["no-inspector"], undefined, IN_PAGE_INLINE),
  angular("angular-inspect", ["angular-assets"], "angular", IN_PAGE),
  {
    name: "react",
    title: "React",
    tool: "react",
    files: ["page", "react"],
    needs: "react",
    rows: {
      "hook with Shaka Player, Vite": async (project) => {
        await project.exec("vite build");
        await project.page(await project.serve("dist"), HOOK);
      },
    },
  },
  next("turbopack"),
  next("webpack"),
  edge("turbopack", "next", "next build --turbopack"),
  edge("webpack", "next15", "next build"),
  kit("dependencies"),
  kit("devDependencies"),
  {
    name: "nuxt",
    title: "Nuxt",
    tool: "nuxt",
    files: ["page", "server", "nuxt"],
    prepare: async (project) => {
      await project.exec("nuxt build");
      return project.start("node .output/server/index.mjs", { HOST: "127.0.0.1" });
    },
    rows: {
      page: (project, url) => project.page(url),
      "server route": (project, url) => project.route(`${url}/api/token`),
    },
  },
];
