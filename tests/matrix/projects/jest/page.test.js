const { prove } = require("./src/proof.js");

test("the package loads and reads init data", async () => {
  expect(await prove()).toMatchObject({ license: 5 });
});
