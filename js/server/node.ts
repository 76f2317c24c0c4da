// A fetch handler on Node's own server, and on frameworks on top of it (Express, Fastify, …). Whatever a client sends
// gets a response: no input may end the process.
import { join } from "./body.js";
import { report } from "./respond.js";
import type { NodeRequest, NodeResponse } from "./types.js";

/** Longer bodies are refused while they are being read. */
const MAX_BODY = 1 << 20;

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** `createServer(nodeListener(handler))`, or an Express route: `app.all("/token", nodeListener(handler))`. */
export function nodeListener(
  handler: (request: Request) => Response | Promise<Response>,
): (incoming: NodeRequest, outgoing: NodeResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    try {
      const controller = new AbortController();
      outgoing.on("close", () => controller.abort());
      await send(await handler(await toRequest(incoming, controller.signal)), outgoing, incoming.method === "HEAD");
    } catch (error) {
      if (!(error instanceof Refused)) report(error, undefined);
      fail(outgoing, error instanceof Refused ? error : new Refused(500, "The request could not be answered."));
    }
  };
}

async function toRequest(incoming: NodeRequest, signal: AbortSignal): Promise<Request> {
  const method = incoming.method ?? "GET";
  const url = toUrl(incoming);
  const headers = new Headers();
  try {
    for (const [name, value] of Object.entries(incoming.headers)) {
      // HTTP/2 includes its request line in the headers.
      if (!name.startsWith(":")) for (const item of [value ?? []].flat()) headers.append(name, item);
    }
  } catch {
    throw new Refused(400, "A header is invalid.");
  }
  const body = method === "GET" || method === "HEAD" ? undefined : await bodyOf(incoming);
  const init = { headers, signal, ...(body === undefined ? {} : { body }) };
  try {
    return new Request(url, { ...init, method });
  } catch {
    // fetch does not support TRACE, CONNECT and TRACK. A handler responds to an unknown method with 405 and its own
    // Allow.
    return new Request(url, { ...init, method: "UNSUPPORTED" });
  }
}

function toUrl(incoming: NodeRequest): string {
  const host = String(incoming.headers.host ?? incoming.headers[":authority"] ?? "localhost");
  // Express keeps the full path here when a router has removed its own part.
  const target = incoming.originalUrl ?? incoming.url ?? "/";
  const scheme = (incoming.socket as { encrypted?: boolean } | undefined)?.encrypted ? "https" : "http";
  try {
    const origin = new URL(`${scheme}://${host}`);
    // A path or a query in the Host header must not become part of the URL.
    if (!/^[^/?#@\\]+$/.test(host) || origin.host === "") throw new TypeError("not a host");
    if (target === "*") return origin.href;
    const url = new URL(target.startsWith("/") ? origin.origin + target : target);
    // A proxy's client sends the full URL; a Request accepts none with a password.
    if (!/^https?:$/.test(url.protocol) || url.username || url.password) throw new TypeError("not a target");
    return url.href;
  } catch {
    throw new Refused(400, "The Host header or the request target is invalid.");
  }
}

/** The body, even if a framework has already read it. */
async function bodyOf(incoming: NodeRequest): Promise<Uint8Array<ArrayBuffer> | string | undefined> {
  const { body, readableEnded } = incoming;
  if (typeof body === "string") return body;
  if (ArrayBuffer.isView(body))
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice() as Uint8Array<ArrayBuffer>;
  if (readableEnded) {
    if (typeof body !== "object" || body === null) return undefined;
    const isJson = /\bjson\b/.test(String(incoming.headers["content-type"]));
    return isJson ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>).toString();
  }
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    incoming.on("data", (chunk) => {
      size += chunk.length;
      if (size <= MAX_BODY) chunks.push(chunk);
      else reject(new Refused(413, "The body is too large."));
    });
    incoming.on("error", () => reject(new Refused(400, "The body did not arrive.")));
    incoming.on("close", () => reject(new Refused(400, "The body did not arrive.")));
    incoming.on("end", () => resolve(size > 0 ? join(chunks, size) : undefined));
  });
}

async function send(response: Response, outgoing: NodeResponse, isHead: boolean): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (outgoing.headersSent) return;
  outgoing.statusCode = response.status;
  response.headers.forEach((value, name) => name !== "set-cookie" && outgoing.setHeader(name, value));
  // Cookies are the one header that must not be joined into one line.
  const cookies = (response.headers as { getSetCookie?: () => string[] }).getSetCookie?.() ?? [];
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  if (isHead || body.length === 0) outgoing.end();
  else outgoing.end(body);
}

function fail(outgoing: NodeResponse, { status, message }: Refused): void {
  try {
    if (outgoing.headersSent) return void outgoing.end();
    outgoing.statusCode = status;
    outgoing.setHeader("content-type", "text/plain; charset=utf-8");
    outgoing.setHeader("cache-control", "no-store");
    if (status === 413) outgoing.setHeader("connection", "close");
    outgoing.end(message);
  } catch (error) {
    report(error, undefined);
  }
}
