// The TypeScript texts of errors.json equal those of src/error.rs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { writeErrors } from "../../scripts/build/errors.mjs";
import { root } from "../../scripts/lib/paths.mjs";

writeErrors();
const contents = `export { sentence } from "./js/errors/texts.ts"; export { TOOLS } from "./js/generated/tools-texts.ts"; export { Reason } from "./js/generated/codes.ts";`;
const {
  outputFiles: [script],
} = await build({ stdin: { contents, resolveDir: root, loader: "ts" }, bundle: true, write: false, format: "esm" });
const { Reason, TOOLS, sentence } = await import(
  `data:text/javascript;base64,${Buffer.from(script.contents).toString("base64")}`
);

test("a reason's own message and hint replace those of its code", () => {
  const { message, hint, phase } = sentence("aborted", Reason.KmsAborted, { phase: "server" }, TOOLS);
  assert.deepEqual(
    [message, hint, phase],
    ["The request was aborted by its signal.", "See the error's cause: it is the signal's reason.", "server"],
  );
  const { message: unreachable, retryable } = sentence(
    "network",
    Reason.KmsUnreachable,
    { parameters: ["ECONNREFUSED"] },
    TOOLS,
  );
  assert.deepEqual([unreachable, retryable], ["The key server could not be reached (ECONNREFUSED).", true]);
});

test("a reason inherits the message and the hint of its group", () => {
  const { message, hint } = sentence("init-data-invalid", Reason.WriteNotText, { parameters: ["data"] }, TOOLS);
  assert.equal(message, "The init data cannot be written: data is not text.");
  assert.match(hint, /parseInitData/);
  assert.match(sentence("init-data-invalid", Reason.WriteNotObject, {}, TOOLS).hint, /plain object/);
});

test("a reason without a message of its own fills in its code's", () => {
  assert.equal(
    sentence("init-data-invalid", Reason.EndsEarly, { offset: 7 }).message,
    "The init data cannot be read: it ends too early (byte 7).",
  );
  assert.equal(
    sentence("token-unreadable", Reason.PallyconSilent, { parameters: ["7009"] }).message,
    "PallyCon 7009: token unreadable",
  );
});
