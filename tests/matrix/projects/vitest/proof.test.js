import { expect, test } from "vitest";
import { proveServer } from "./server-proof.js";
import { prove } from "./src/proof.js";

test("the package loads and reads init data", async () => {
  expect(await prove()).toMatchObject({ license: 5, inspect: "cenc" });
});

test("its server makes a token and reads it back", async () => {
  expect(await proveServer()).toMatchObject({ contentId: "film" });
});
