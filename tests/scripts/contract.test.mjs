// tsc's findings about a type contract: a missing name is distinguished from one that does not fit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "../../scripts/lib/contract.mjs";

const ABSENT = [
  `build/contract/contract.ts(8,52): error TS2339: Property 'probe' does not exist on type 'typeof import("/p/dist/types/index")'.`,
  `build/contract/contract.ts(21,61): error TS2694: Namespace '"/p/dist/types/index"' has no exported member 'MediaOptions'.`,
];
const WRONG = [
  `build/contract/contract.ts(3,14): error TS2322: Type '(a: string) => void' is not assignable to type '(a: number) => void'.`,
  `dist/types/load.d.ts(1,27): error TS2307: Cannot find module '../build/x.js' or its corresponding type declarations.`,
  `build/contract/contract.ts(9,2): error TS2339: Property 'code' does not exist on type 'License'.`,
];

test("names that are not exported yet are absent, everything else is wrong", () => {
  assert.deepEqual(verdict([...ABSENT, ...WRONG, "  Types of parameters are incompatible."].join("\n")), {
    wrong: WRONG,
    absent: ["probe", "MediaOptions"],
  });
  assert.deepEqual(verdict(""), { wrong: [], absent: [] });
});
