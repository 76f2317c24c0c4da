import express from "express";
import { nodeListener, tokenHandler } from "pallycon-drm/server";
import { account, authorize } from "./site.mjs";

const app = express();
app.all("/api/drm/token", nodeListener(tokenHandler(account, authorize)));
const server = app.listen(Number(process.env.PORT ?? 8787), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/api/drm/token`),
);
