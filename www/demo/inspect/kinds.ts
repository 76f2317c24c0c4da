// Display names for the kinds of findings.
import type { Finding, InitData } from "pallycon-drm/inspect";

const NAMES: Record<string, string> = {
  cenc: "PSSH",
  keyids: "Key ids (keyids init data)",
  sinf: "Track protection (sinf init data)",
  skd: "FairPlay key URI (skd)",
  "widevine-data": "Widevine PSSH data, without its box",
  "playready-object": "PlayReady Object",
  "playready-header": "PlayReady header (WRMHEADER)",
  "fairplay-legacy-init-data": "FairPlay init data (legacy WebKit)",
  segment: "Media segment (fMP4)",
  hls: "HLS playlist",
  "hls-key": "HLS key tag",
  dash: "DASH manifest (MPD)",
  "content-protection": "ContentProtection element",
  smooth: "Smooth Streaming manifest",
  "license-token": "PallyCon license token",
  "auth-data": "PallyCon auth data",
  "license-url": "License URL",
  url: "URL",
  jwt: "JSON Web Token",
  "widevine-challenge": "Widevine challenge",
  "playready-challenge": "PlayReady challenge",
  "fairplay-challenge": "FairPlay challenge (SPC)",
  "widevine-certificate-request": "Widevine certificate request",
  "widevine-license": "Widevine license",
  "playready-license": "PlayReady license",
  "fairplay-license": "FairPlay license (CKC)",
  "clearkey-license": "ClearKey license",
  "license-json": "License in JSON",
  "widevine-certificate": "Widevine service certificate",
  certificate: "Certificate (X.509)",
  error: "Error of the license server",
  "playready-fault": "PlayReady fault",
  soap: "SOAP message",
  html: "Web page (HTML)",
  cpix: "CPIX document",
  "pack-info": "Keys for a packager",
  "nginx-vod-drm": "Keys for nginx-vod-module",
  "key-id": "Key id",
  pieces: "Several items",
  unknown: "Not recognized",
};

export function titleOf({ kind, value }: Finding): string {
  const name = NAMES[kind] ?? kind;
  if (kind !== "cenc") return name;
  const boxes = (value as Partial<InitData>).boxes ?? [];
  if (boxes.length !== 1) return boxes.length === 0 ? "PSSH box" : `${boxes.length} PSSH boxes`;
  return `PSSH box: ${boxes[0]?.system ?? "unknown system"}`;
}
