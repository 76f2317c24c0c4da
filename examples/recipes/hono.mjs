import { Hono } from "hono";
import { tokenHandler } from "pallycon-drm/server";
import { account, authorize } from "./site.mjs";

const handler = tokenHandler(account, authorize);
const app = new Hono();
app.all("/api/drm/token", (context) => handler(context.req.raw));
export default app;
