// "pallycon-drm/server" beside the types of Node.
/// <reference types="node" />
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { nodeListener, tokenHandler, type Account } from "pallycon-drm/server";

declare const account: Account;
const listener = nodeListener(tokenHandler(account, () => null));
void [createServer(listener), createHttp2Server(listener)];
// @ts-expect-error a handler returns a Response
nodeListener(() => "token");
