// Certificates: from bytes, text or a URL to what setServerCertificate takes. Fetched once a page.
import { bareUrl, copy, view } from "./bytes.js";
import type { Client } from "./client.js";
import { PallyConError } from "./error.js";
import { exchange } from "./http.js";
import { Call, textOf, utf8 } from "./door.js";
import { callNow } from "./load.js";
import type { Bytes, CertificateSource, Octets } from "./types.js";

type CertificateDrm = "fairplay" | "widevine";

/** Successes by URL, for the page. A failure is not kept, so that the next player tries again. */
const kept = new Map<string, Promise<Octets>>();

export async function certificateOf(client: Client, drm: CertificateDrm): Promise<Octets> {
  const source = client.options.certificate?.[drm];
  const [bytes, url, headers] = locate(client, drm, source);
  if (bytes) return read(client, drm, 200, bytes);
  const key = `${drm} ${url}`;
  let promise = kept.get(key);
  if (!promise) {
    promise = download(client, drm, url, headers);
    kept.set(key, promise);
    promise.catch(() => kept.delete(key));
  }
  return copy(await promise);
}

function locate(client: Client, drm: CertificateDrm, source: CertificateSource | undefined): [Uint8Array | undefined, string, Record<string, string>] {
  const { host, siteId } = client.options;
  if (source === undefined) {
    if (siteId === undefined) {
      throw new PallyConError({ code: "site-id-missing", phase: "certificate", message: `There is no siteId to fetch the ${drm} certificate by.`, hint: "Give createPallyCon the siteId, or the certificate itself." });
    }
    return [undefined, textOf(callNow(Call.certificateUrl, host, drm, siteId)[0]), {}];
  }
  if (typeof source === "string") return [utf8(source), "", {}];
  if (source instanceof URL) return [undefined, source.href, {}];
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return [view(source), "", {}];
  const { url, headers } = source as { url: string | URL; headers?: Record<string, string> };
  return [undefined, String(url), headers ?? {}];
}

async function download(client: Client, drm: CertificateDrm, url: string, headers: Record<string, string>): Promise<Octets> {
  const started = Date.now();
  // Custom data is for the license URL alone: here it would leak, and cost a preflight.
  const answer = await exchange({ method: "GET", url, headers, body: null, credentials: !!client.options.withCredentials, timeout: client.timeout, phase: "certificate", drm });
  let bytes: Octets;
  try {
    bytes = await read(client, drm, answer.status, answer.body);
  } catch (thrown) {
    if (!(thrown instanceof PallyConError)) throw thrown;
    const fields = thrown.toJSON() as unknown as ConstructorParameters<typeof PallyConError>[0];
    throw new PallyConError({ ...fields, message: `${thrown.message} (${bareUrl(url)})` });
  }
  client.emit({ type: "certificate", drm, duration: Date.now() - started, bytes: bytes.length });
  return bytes;
}

async function read(client: Client, drm: CertificateDrm, status: number, body: Bytes): Promise<Octets> {
  const [bytes, warning] = await client.ask(undefined, Call.readCertificate, drm, status, view(body));
  if (warning) client.emit({ type: "warning", drm, ...(JSON.parse(textOf(warning)) as { code: string; message: string; hint: string }) });
  return bytes!;
}
