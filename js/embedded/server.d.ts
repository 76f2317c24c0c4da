// dist/server-wasm.js, which the build makes of dist/server.wasm: brotli in base64.
declare const packed: string;
export default packed;
