import { prove } from "./src/proof.js";

prove().then((result) => console.log(JSON.stringify(result)));
