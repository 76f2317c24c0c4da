// Vite: an app built and in development, a library, and a bundle for Node.
const versions = { vite5: "5", vite6: "6", vite7: "7", vite8: "8" };

const app = ([tool, version]) => ({
  name: `vite-${version}`,
  title: `Vite ${version}`,
  tool,
  files: ["page"],
  rows: {
    "vite build": async (project) => {
      await project.exec("vite build");
      await project.page(await project.serve("dist"));
    },
  },
});

// Vite 8 prebundles by Rolldown, which copies the .wasm files too.
const dev = ([tool, version]) => ({
  name: `vite-${version}-dev`,
  title: `Vite ${version}`,
  tool,
  files: version === "8" ? ["page"] : ["page", "vite-dev"],
  needs: version === "8" ? undefined : "vite-dev",
  rows: {
    "vite dev": async (project) => {
      await project.page(await project.start("vite --host 127.0.0.1 --port PORT"));
    },
  },
});

const library = ([tool, version]) => ({
  name: `vite-${version}-library`,
  title: `Vite ${version}`,
  tool,
  files: ["page", "vite-library"],
  rows: {
    "library mode": async (project) => {
      await project.exec("vite build");
      await project.page(`${await project.serve(".")}/library.html`);
    },
  },
});

const server = {
  name: "vite-node",
  title: "Vite 8",
  tool: "vite8",
  files: ["server", "node", "vite-node"],
  rows: {
    "bundle for Node": async (project) => {
      await project.exec("vite build");
      await project.server("node dist/main.js");
    },
  },
};

export default [...Object.entries(versions).flatMap((one) => [app(one), dev(one), library(one)]), server];
