import { defineConfig } from "vite";

export default defineConfig({
  build: { lib: { entry: "src/proof.js", formats: ["es"], fileName: "library" } },
});
