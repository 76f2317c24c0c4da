// The build puts dist/media.wasm here: hex.
declare const hex: string;
export default hex;
