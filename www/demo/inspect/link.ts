// Inputs in the fragment of an address, which browsers do not send. Pure.
import type { Input } from "./tools.js";

/** Mail programs and chats cut longer addresses. */
export const MAX_LINK = 30_000;

export interface Linked {
  tab?: string;
  a?: Input;
  b?: Input;
}

const toBase64url = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of Array.from(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const fromBase64url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

/** `t` and text, or `b` and base64url of bytes. */
const write = (input: Input): string => (typeof input === "string" ? `t${input}` : `b${toBase64url(input)}`);

function read(value: string | null): Input | undefined {
  if (!value) return undefined;
  try {
    return value.startsWith("b") ? fromBase64url(value.slice(1)) : value.slice(1);
  } catch {
    return undefined;
  }
}

export function fragmentOf({ tab, a, b }: Linked): string {
  const parameters = new URLSearchParams();
  if (tab && tab !== "inspect") parameters.set("tab", tab);
  if (a !== undefined && a.length > 0) parameters.set("a", write(a));
  if (b !== undefined && b.length > 0) parameters.set("b", write(b));
  return parameters.toString();
}

export function readFragment(fragment: string): Linked {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const [tab, a, b] = [parameters.get("tab"), read(parameters.get("a")), read(parameters.get("b"))];
  return { ...(tab && { tab }), ...(a !== undefined && { a }), ...(b !== undefined && { b }) };
}
