import { proveServer } from "./server-proof.js";

proveServer().then((result) => console.log(JSON.stringify(result)));
