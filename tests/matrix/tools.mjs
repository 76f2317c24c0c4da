// The tools of the matrix in their exact versions. Each set is installed once per user, and the projects of its cells
// use it in turn.

/** Newer than the Node that the project itself needs: Angular, Astro, SvelteKit, Nuxt and Vitest require it. */
export const NODE = "24.22.3";

const REACT = { react: "19.3.1", "react-dom": "19.3.1", "shaka-player": "5.2.12" };

/** @type {Record<string, Record<string, string>>} */
export const TOOLS = {
  plain: {},
  vite5: { vite: "5.4.21" },
  vite6: { vite: "6.4.6" },
  vite7: { vite: "7.3.8" },
  vite8: { vite: "8.4.0" },
  react: { ...REACT, vite: "8.4.0", "@vitejs/plugin-react": "6.3.0" },
  astro: { astro: "7.3.5" },
  angular: {
    "@angular/build": "22.2.7",
    "@angular/cli": "22.2.7",
    "@angular/common": "22.2.6",
    "@angular/compiler": "22.2.6",
    "@angular/compiler-cli": "22.2.6",
    "@angular/core": "22.2.6",
    "@angular/platform-browser": "22.2.6",
    rxjs: "7.8.2",
    tslib: "2.9.1",
    typescript: "6.0.3",
  },
  next: { next: "16.4.6", ...REACT },
  next15: { next: "15.5.29", ...REACT },
  webpack: { webpack: "5.113.0", "webpack-cli": "7.3.1" },
  rspack: { "@rspack/core": "2.3.3", "@rspack/cli": "2.2.8" },
  rollup: { rollup: "4.68.8", "@rollup/plugin-node-resolve": "16.0.3" },
  parcel: { parcel: "2.16.4" },
  esbuild: { esbuild: "0.28.2" },
  bun: { bun: "1.4.5" },
  deno: { deno: "2.9.6" },
  sveltekit: {
    "@sveltejs/adapter-node": "6.0.1",
    "@sveltejs/kit": "3.2.0",
    "@sveltejs/vite-plugin-svelte": "7.3.1",
    svelte: "5.57.3",
    vite: "8.4.0",
  },
  nuxt: { nuxt: "4.5.2", vue: "3.5.45", "vue-router": "5.5.1" },
  jest: { jest: "30.5.2", "jest-environment-jsdom": "30.5.2", esbuild: "0.28.2" },
  vitest: { vitest: "5.1.2", jsdom: "31.0.1", vite: "8.4.0" },
  workerd: { miniflare: "4.20260730.0", esbuild: "0.28.2" },
  ts57: { typescript: "5.7.3", "@types/node": "20.19.43" },
  ts58: { typescript: "5.8.3", "@types/node": "20.19.43" },
  ts59: { typescript: "5.9.3", "@types/node": "20.19.43" },
  ts60: { typescript: "6.0.3", "@types/node": "20.19.43" },
  ts70: { typescript: "7.0.2", "@types/node": "20.19.43" },
};
