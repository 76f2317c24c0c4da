const { proveServer } = require("./server-proof.js");

test("its server makes a token and reads it back", async () => {
  expect(await proveServer()).toMatchObject({ contentId: "film" });
});
