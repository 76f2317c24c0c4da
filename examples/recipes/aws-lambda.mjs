// Behind a function URL or an HTTP API (payload format 2.0).
import { tokenHandler } from "pallycon-drm/server";
import { account, authorize } from "./site.mjs";

const token = tokenHandler(account, authorize);
export async function handler({ rawPath, rawQueryString, headers, requestContext: { domainName, http } }) {
  const url = `https://${domainName}${rawPath}?${rawQueryString}`;
  const response = await token(new Request(url, { method: http.method, headers }));
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
