// Faults that the local license server can inject while the page plays. `faults` is sent to the server unchanged
// (www/license-server/README.md). The Error lab has more, and compares each with the player alone.
import type { Drm } from "pallycon-drm";
import type { Choice } from "./choices.js";

interface Fault {
  id: string;
  label: string;
  expect: string;
  faults: { on: string; fault: string; times?: number }[];
}

export const FAULTS: Fault[] = [
  { id: "none", label: "No fault: it plays", expect: "", faults: [] },
  {
    id: "expired",
    label: "The token is twenty minutes old",
    expect: "A warning before the request, then a refusal with 7011.",
    faults: [{ on: "token", fault: "expires:1200" }],
  },
  {
    id: "wrong-cid",
    label: "The token is for other content",
    expect: "A warning before the request, then 7012.",
    faults: [{ on: "token", fault: "wrong-cid" }],
  },
  {
    id: "tampered",
    label: "The token was altered in transit",
    expect: "Only the server can detect it: 7019.",
    faults: [{ on: "token", fault: "tampered" }],
  },
  {
    id: "no-package",
    label: "The content is unknown (7001)",
    expect: "JSON with status 200.",
    faults: [{ on: "license", fault: "error:7001" }],
  },
  {
    id: "site",
    label: "The site's own refusal (8002)",
    expect: "The site's code and text are passed on.",
    faults: [{ on: "license", fault: "site-error:NO_SUBSCRIPTION:Please renew your subscription" }],
  },
  {
    id: "busy",
    label: "The server is busy once (503)",
    expect: "A delay, a second request with a fresh token, and it plays.",
    faults: [{ on: "license", fault: "status:503:retry-after=1", times: 1 }],
  },
  {
    id: "portal",
    label: "A sign-in page responds",
    expect: "HTML with status 200: a captive portal or a gateway.",
    faults: [{ on: "license", fault: "html" }],
  },
  {
    id: "flip",
    label: "One bit of the license is flipped",
    expect: "It looks like a license; the CDM refuses it.",
    faults: [{ on: "license", fault: "flip:-5" }],
  },
  {
    id: "no-certificate",
    label: "The certificate cannot be reached",
    expect: "FairPlay requests no license without its certificate.",
    faults: [{ on: "certificate", fault: "close" }],
  },
  {
    id: "no-fairplay",
    label: "The site has no FairPlay (7301)",
    expect: "JSON instead of the certificate.",
    faults: [{ on: "certificate", fault: "error:7301" }],
  },
  {
    id: "slow",
    label: "The license takes 2 seconds",
    expect: "It waits, then plays.",
    faults: [{ on: "license", fault: "slow:2000" }],
  },
];

export const faultOf = (id: string): Fault => FAULTS.find((fault) => fault.id === id) ?? FAULTS[0]!;

export const faultChoices = (drm: Drm): Choice[] =>
  FAULTS.map(({ id, label, faults }) => {
    const on = faults[0]?.on;
    const why =
      on === "token" && drm === "clearkey"
        ? "ClearKey has no token"
        : on === "certificate" && drm !== "fairplay"
          ? "only FairPlay needs one"
          : undefined;
    return { value: id, label, why };
  });
