// The same as src/proof.js, with the classic script, which has everything but the inspector.
(() => {
  const { attachMedia, createPallyCon, init, parseInitData } = self.PallyConDrm;
  const BOX = "000000327073736800000000edef8ba979d64acea3c827dcd51d21ed000000121210000102030405060708090a0b0c0d0e0f";

  async function prove() {
    await init();
    const pallycon = await createPallyCon({ siteId: "DEMO", contentId: "film", customData: () => "dG9rZW4=" });
    const body = new Uint8Array([8, 2, 18, 1, 0]);
    const request = await pallycon.licenseRequest("widevine", new Uint8Array([8, 1, 18, 1, 255]));
    const result = {
      keyIds: parseInitData(BOX).keyIds,
      license: pallycon.readLicense("widevine", { status: 200, body }).data.length,
      token: request.headers["pallycon-customdata-v2"],
    };
    if (typeof document === "object") {
      const undo = await attachMedia(document.createElement("video"), pallycon, { drms: ["clearkey"] });
      await undo();
      result.media = true;
    }
    return result;
  }

  prove()
    .catch((error) => ({ error: `${error.code || error.name}: ${error.message} ${error.hint || ""}` }))
    .then((result) => {
      if (typeof document === "object") self.result = result;
      else self.postMessage(result);
    });
})();
