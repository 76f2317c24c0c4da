import { prove } from "./src/proof.js";

prove().then(postMessage, (error) => postMessage({ error: `${error.code ?? error.name}: ${error.message}` }));
