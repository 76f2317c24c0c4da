// The report: the findings, as text for a ticket. Pure. URLs are reduced to host and path.
import type { Drm, Problem, Probed } from "pallycon-drm";

export interface CodecRow {
  codec: string;
  drms: Drm[];
}
export interface Environment {
  userAgent: string;
  platform: string;
  secureContext: boolean;
  framed: boolean;
  webAssembly: boolean;
  mediaSource: boolean;
  nativeHls: boolean;
  screen: string;
  language: string;
}
export interface Findings {
  drms?: Probed[];
  codecs?: CodecRow[];
  problems?: Problem[];
  urls: { url: string; problems: Problem[] }[];
  environment: Environment;
  at: string;
}

export const DRM_NAMES: Record<Drm, string> = {
  fairplay: "FairPlay",
  playready: "PlayReady",
  widevine: "Widevine",
  clearkey: "ClearKey",
};

/** Host and path alone. */
export function redactedUrl(text: string): string {
  try {
    const { protocol, host, pathname } = new URL(text);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "(not a URL)";
  }
}

/** One sentence: the best DRM that works here. */
export function verdictOf({ drms, problems }: Findings): {
  kind: "good" | "warning" | "error";
  title: string;
  text: string;
} {
  const real = (drms ?? []).filter(({ drm }) => drm !== "clearkey");
  const best = real[0];
  const names = Array.from(new Set(real.map(({ drm }) => DRM_NAMES[drm]))).join(" and ");
  if (!best)
    return {
      kind: "error",
      title: "No DRM for protected content works here.",
      text: problems?.[0]
        ? `${problems[0].message} ${problems[0].hint}`
        : "The browser grants at most ClearKey, which protects nothing.",
    };
  const level = best.securityLevel ? ` at ${best.securityLevel}` : "";
  return {
    kind: problems?.length ? "warning" : "good",
    title: `${names} ${real.length > 1 && names.includes(" and ") ? "work" : "works"} here.`,
    text: `Best: ${DRM_NAMES[best.drm]}${level} (${best.keySystem}).${problems?.length ? " But there are problems, see below." : ""}`,
  };
}

const yesNo = (value: boolean): string => (value ? "yes" : "no");

export function reportText(findings: Findings): string {
  const { drms, codecs, problems, urls, environment, at } = findings;
  const lines = [`pallycon-drm device report, ${at}`, "", `verdict: ${verdictOf(findings).title}`, ""];
  for (const {
    drm,
    keySystem,
    securityLevel,
    robustness,
    schemes,
    initDataTypes,
    maxHdcp,
    persistentLicense,
  } of drms ?? []) {
    lines.push(
      `${DRM_NAMES[drm]} (${keySystem})`,
      `  level: ${securityLevel ?? "not told"}`,
      `  robustness: ${
        robustness
          ? Object.entries(robustness)
              .map(([track, level]) => `${track} ${level}`)
              .join(", ")
          : "not told"
      }`,
      `  schemes: ${schemes.join(", ")}`,
      `  init data: ${initDataTypes.join(", ")}`,
      `  HDCP: ${maxHdcp ?? "not told"}`,
      `  persistent license: ${yesNo(persistentLicense)}`,
    );
  }
  if (drms && drms.length === 0) lines.push("no DRM");
  if (codecs)
    lines.push(
      "",
      "codecs",
      ...codecs.map(
        ({ codec, drms: with_ }) => `  ${codec}: ${with_.map((drm) => DRM_NAMES[drm]).join(", ") || "none"}`,
      ),
    );
  if (problems)
    lines.push(
      "",
      "in the way",
      ...(problems.length ? problems.map(({ code, message }) => `  ${code}: ${message}`) : ["  nothing"]),
    );
  for (const { url, problems: found } of urls)
    lines.push(
      "",
      `reach ${redactedUrl(url)}`,
      ...(found.length ? found.map(({ code, message }) => `  ${code}: ${message}`) : ["  yes"]),
    );
  lines.push(
    "",
    "browser",
    ...Object.entries(environment).map(
      ([name, value]) => `  ${name}: ${typeof value === "boolean" ? yesNo(value) : String(value)}`,
    ),
  );
  return `${lines.join("\n")}\n`;
}
