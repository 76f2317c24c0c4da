// `/// <reference types="pallycon-drm/wasm" />`: types of imported .wasm files, if no bundler declares its own.
declare module "*.wasm" {
  const source: import("./wasm/module.js").ModuleSource;
  export default source;
}
declare module "*.wasm?module" {
  const source: WebAssembly.Module;
  export default source;
}
declare module "*.wasm?url" {
  const source: string;
  export default source;
}
