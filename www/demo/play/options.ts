// The options of createPallyCon() for the current choice, and the same as code to copy.
import type { Drm, PallyConEvent, PallyConOptions, RequestContext } from "pallycon-drm";

/** The source of the token. A fixed one is never shown in the code. */
export type Token = { kind: "url"; url: string } | { kind: "fixed"; value: string } | { kind: "none" };

export interface Setup {
  siteId?: string;
  contentId?: string;
  host?: string;
  /** for ClearKey without a license server: a file with the keys */
  licenseUrl?: Partial<Record<Drm, string>>;
  token: Token;
}

/** Replaces a token in the code. */
export const TOKEN_MASK = "…your token…";

/** The token callback; TOKEN_CODE is this function as text. */
export const tokenFrom =
  (tokenUrl: string) =>
  async ({ drm, contentId = "", signal }: RequestContext): Promise<string> => {
    const url = new URL(tokenUrl, location.href);
    url.searchParams.set("content_id", contentId);
    url.searchParams.set("drm", drm);
    const response = await fetch(url.href, { signal });
    if (!response.ok) throw new Error(`token backend: HTTP ${response.status}`);
    return response.text();
  };

const TOKEN_CODE = `// Called for every license request. Your backend makes the token,
// because the site key must never leave a server.
async function customData({ drm, contentId = "", signal }) {
  const url = new URL(TOKEN_URL, location.href);
  url.searchParams.set("content_id", contentId);
  url.searchParams.set("drm", drm);
  const response = await fetch(url.href, { signal });
  if (!response.ok) throw new Error(\`token backend: HTTP \${response.status}\`);
  return response.text();
}
`;

export function optionsOf(
  { siteId, contentId, host, licenseUrl, token }: Setup,
  onEvent: (event: PallyConEvent) => void,
): PallyConOptions {
  return {
    ...(siteId ? { siteId } : {}),
    ...(contentId ? { contentId } : {}),
    ...(host ? { host } : {}),
    ...(licenseUrl ? { licenseUrl } : {}),
    ...(token.kind === "url"
      ? { customData: tokenFrom(token.url) }
      : token.kind === "fixed"
        ? { customData: () => token.value }
        : {}),
    onEvent,
  };
}

const text = (value: unknown): string => JSON.stringify(value);

/** `customData` before the sample, and the options literal instead of `choice.options`. */
export function optionsCode(
  { siteId, contentId, host, licenseUrl, token }: Setup,
  indent: string,
): { before: string; literal: string } {
  const lines = [
    siteId && `siteId: ${text(siteId)},`,
    contentId && `contentId: ${text(contentId)},`,
    host && `host: ${text(host)},`,
    licenseUrl &&
      `licenseUrl: { ${Object.entries(licenseUrl)
        .map(([drm, url]) => `${drm}: ${text(url)}`)
        .join(", ")} },`,
    token.kind === "url" && "customData,",
    token.kind === "fixed" &&
      `customData: () => ${text(TOKEN_MASK)}, // in production: a function that asks your backend for each request`,
    "onEvent,",
  ].filter(Boolean);
  return {
    before: token.kind === "url" ? TOKEN_CODE.replace("TOKEN_URL", () => text(token.url)) : "",
    literal: `{\n${lines.map((line) => `${indent}  ${line}\n`).join("")}${indent}}`,
  };
}
