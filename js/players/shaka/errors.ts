// Our errors inside Shaka's, and Shaka's own errors as ours.
import { encodeText, PallyConError, read, redactUrl, tooLate, toPallyConError } from "../../core.js";
import type { Client } from "../../core.js";
import type { ShakaError } from "./types.js";

/** shaka.util.Error: LICENSE_REQUEST_FAILED, RESPONSE_FILTER_ERROR; severity CRITICAL, categories DRM and NETWORK. */
const [REQUEST_FAILED, FILTER_FAILED, CRITICAL, CATEGORY_DRM, CATEGORY_NETWORK] = [6007, 1007, 2, 6, 1];

/** Shaka's event for a refused license; `error`: Shaka's own, if there is one. */
export function errorEvent(ours: PallyConError, error?: ShakaError): object {
  const { message } = ours;
  const inner = { severity: CRITICAL, category: CATEGORY_NETWORK, code: FILTER_FAILED, data: [ours], message };
  const outer = {
    severity: CRITICAL,
    category: CATEGORY_DRM,
    code: REQUEST_FAILED,
    data: [inner],
    message,
    handled: false,
  };
  const event = {
    type: "error",
    detail: error ?? outer,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

/** The PallyConError behind an error of Shaka, wherever Shaka put it. */
export function pallyConError(error: unknown, depth = 0): PallyConError | undefined {
  if (error instanceof PallyConError) return error;
  const data = (error as ShakaError | undefined)?.data;
  if (depth > 3 || !Array.isArray(data)) return undefined;
  for (const item of data) {
    const found = pallyConError(item, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** 1001 BAD_HTTP_STATUS [uri, status, body, headers], 1002 HTTP_ERROR [uri, error], 1003 TIMEOUT [uri]. */
export function fromNetwork(client: Client, error: ShakaError | undefined): PallyConError | undefined {
  if (!error || ![1001, 1002, 1003].includes(error.code)) return undefined;
  if (error.code === 1003) return tooLate("The license server", client.timeout, "license");
  const [status, body] = error.code === 1001 ? [Number(error.data[1]), String(error.data[2] ?? "")] : [0, ""];
  if (typeof error.data[0] === "string") error.data[0] = redactUrl(error.data[0]);
  try {
    // With this status nothing is a license; which DRM's it is not does not matter.
    read(client, "widevine", { status, body: encodeText(body) });
    return undefined;
  } catch (thrown) {
    return toPallyConError(thrown);
  }
}
