import { prove } from "./proof.js";

prove().then(
  (result) => {
    globalThis.result = result;
  },
  (error) => {
    globalThis.result = { error: `${error.code ?? error.name}: ${error.message} ${error.hint ?? ""}` };
  },
);
