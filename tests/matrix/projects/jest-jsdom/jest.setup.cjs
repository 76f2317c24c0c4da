const { TextDecoder, TextEncoder } = require("node:util");

// Browsers have both, Jest's jsdom has neither.
Object.assign(globalThis, { TextDecoder, TextEncoder });
