// The build puts dist/player.wasm here: hex.
declare const hex: string;
export default hex;
