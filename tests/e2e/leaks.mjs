// After every test: the output of the page and the package is searched for secrets: tokens, challenges and SPCs,
// licenses and CKCs, content keys. The license server's log contains them all.
import { readFileSync } from "node:fs";

const catalog = JSON.parse(readFileSync(new URL("../../www/media/catalog.json", import.meta.url), "utf8"));
const KEYS = catalog.flatMap(({ tracks }) => tracks.map(({ key }) => key));
const keyForms = KEYS.flatMap((hex) => {
  const base64 = Buffer.from(hex, "hex").toString("base64");
  return [hex, base64.replace(/=+$/, ""), Buffer.from(hex, "hex").toString("base64url")];
});

const text = (base64) => Buffer.from(base64 ?? "", "base64").toString("latin1");

/**
 * Three parts of a long secret: leaking a part counts as well. The head of a token is the same in all and reveals
 * nothing.
 */
const parts = (secret) =>
  secret.length < 80
    ? []
    : [secret.slice(-30), secret.slice(secret.length >> 1, (secret.length >> 1) + 30), secret.slice(40, 70)];

/** @param {object[]} requests the run's log @returns {string[]} */
export function secretsOf(requests) {
  const found = new Set(keyForms);
  const add = (secret) => {
    for (const part of parts(secret)) found.add(part);
  };
  for (const { kind, headers, query, bodyBase64, answerBase64, refused, fault } of requests) {
    add(headers["pallycon-customdata-v2"] ?? "");
    add(new URLSearchParams(query ?? "").get("pallycon-customdata-v2") ?? "");
    if (kind === "token") add(text(answerBase64));
    if (kind !== "license") continue;
    add(bodyBase64 ?? "");
    const body = text(bodyBase64);
    if (body.startsWith("spc=")) add(decodeURIComponent(body.slice(4)));
    if (refused || (fault && /^(error|site-error|html|json|empty|status|redirect)/.test(fault))) continue; // text, not a license
    add(answerBase64 ?? "");
    if (/^[A-Za-z0-9+/=_-]+$/.test(text(answerBase64).trim())) add(text(answerBase64).trim());
  }
  return [...found];
}

/** Listens from the start; `all()` is everything that was output. */
export function listen(page) {
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(`${error.message}\n${error.stack}`));
  return {
    async all() {
      // The labs keep what the app got; errors with all their visible parts.
      const kept = await page
        .evaluate(() => {
          const shown = (value) =>
            JSON.stringify(value, (_name, inner) =>
              inner instanceof Error
                ? { json: inner.toJSON?.(), text: String(inner), stack: inner.stack, ...inner }
                : ArrayBuffer.isView(inner)
                  ? `bytes ${Array.from(inner).join()}`
                  : inner,
            );
          return [window.lab, window.compare]
            .filter(Boolean)
            .map(({ events, playerErrors, seen }) => shown([events, playerErrors, seen]))
            .concat(document.body?.innerText ?? "")
            .join("\n");
        })
        .catch(() => ""); // the page is closed, or has navigated away
      return [...said, kept].join("\n");
    },
  };
}

/** The secrets that occur in the output. */
export const leaked = (said, secrets) => secrets.filter((secret) => said.includes(secret));
