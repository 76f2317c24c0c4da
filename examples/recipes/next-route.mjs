// app/api/drm/token/route.js
import { tokenHandler } from "pallycon-drm/server";
import { account, authorize } from "./site.mjs";

const handler = tokenHandler(account, authorize);
export { handler as GET, handler as HEAD, handler as OPTIONS };
export const dynamic = "force-dynamic"; // a token is for one request
