// TypeScript: what it compiles also runs.
const VERSIONS = { ts57: "5.7", ts58: "5.8", ts59: "5.9", ts60: "6.0", ts70: "7.0" };

const projects = (version) => ({
  nodenext: "nodenext",
  bundler: "bundler",
  ...(version.startsWith("5") ? { node10: "node10" } : {}), // newer ones have deprecated or removed it
  server: "server, without the DOM lib",
});

export default Object.entries(VERSIONS).map(([tool, version]) => ({
  name: `typescript-${version}`,
  title: `TypeScript ${version}`,
  tool,
  files: ["types"],
  rows: Object.fromEntries(
    Object.entries(projects(version)).map(([name, title]) => [
      title,
      async (project) => {
        await project.exec(`tsc -p tsconfig.${name}.json`);
        await project.server(`node out/${name}/server.js`);
      },
    ]),
  ),
}));
