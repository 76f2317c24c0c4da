import fastify from "fastify";
import { nodeListener, tokenHandler } from "pallycon-drm/server";
import { account, authorize } from "./site.mjs";

const app = fastify();
const listener = nodeListener(tokenHandler(account, authorize));
app.all("/api/drm/token", (request, reply) => {
  reply.hijack(); // the listener writes the response itself
  return listener(request.raw, reply.raw);
});
console.log(`${await app.listen({ port: Number(process.env.PORT ?? 8787), host: "127.0.0.1" })}/api/drm/token`);
