import { defineConfig } from "vite";

export default defineConfig({
  build: { ssr: "main.js" },
  ssr: { noExternal: true },
});
