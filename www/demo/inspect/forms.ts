// The things that can be built, as form descriptions: fields are named as in the package's own types. Pure.

export interface FormField {
  name: string;
  label: string;
  kind: "text" | "number" | "key-ids" | "hex" | "select" | "keys";
  options?: [value: string, label: string][];
  hint?: string;
}
export type What = "widevine-box" | "playready-box" | "common-box" | "other-box" | "widevine" | "playready";

export const SYSTEMS: Record<"widevine-box" | "playready-box" | "common-box", string> = {
  "widevine-box": "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
  "playready-box": "9a04f079-9840-4286-ab92-e65be0885f95",
  "common-box": "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b",
};

export const CHOICES: [What, string][] = [
  ["widevine-box", "PSSH box of Widevine"],
  ["playready-box", "PSSH box of PlayReady"],
  ["common-box", "PSSH box with key ids only (Common)"],
  ["other-box", "PSSH box of another system"],
  ["widevine", "Widevine data, without a box"],
  ["playready", "PlayReady Object, without a box"],
];

const BOX: FormField[] = [
  {
    name: "version",
    label: "Box version",
    kind: "select",
    options: [
      ["", "1 with key ids, else 0"],
      ["0", "0"],
      ["1", "1"],
    ],
  },
  { name: "boxKeyIds", label: "Key ids of the box itself", kind: "key-ids", hint: "one per line: UUID, hex or base64" },
];
const WIDEVINE: FormField[] = [
  { name: "keyIds", label: "Key ids", kind: "key-ids", hint: "one per line: UUID, hex or base64" },
  { name: "contentId", label: "Content id", kind: "text" },
  { name: "provider", label: "Provider", kind: "text" },
  {
    name: "algorithm",
    label: "Algorithm",
    kind: "select",
    options: [
      ["", "not set"],
      ["AESCTR", "AESCTR"],
      ["UNENCRYPTED", "UNENCRYPTED"],
    ],
  },
  {
    name: "protectionScheme",
    label: "Scheme",
    kind: "select",
    options: ["", "cenc", "cbc1", "cens", "cbcs"].map((scheme) => [scheme, scheme || "not set"]),
  },
  { name: "trackType", label: "Track type", kind: "text", hint: "SD, HD, AUDIO" },
  { name: "policy", label: "Policy", kind: "text" },
  { name: "cryptoPeriodIndex", label: "Key period (rotation)", kind: "number" },
];
const PLAYREADY: FormField[] = [
  {
    name: "version",
    label: "Header version",
    kind: "select",
    options: ["4.0.0.0", "4.1.0.0", "4.2.0.0", "4.3.0.0"].map((version) => [version, version]),
    hint: "4.3 for cbcs; 4.0 and 4.1 have one key",
  },
  { name: "keys", label: "Key ids", kind: "keys", hint: "one per line: UUID, hex or base64" },
  {
    name: "keyAlgorithm",
    label: "Algorithm",
    kind: "select",
    options: [
      ["AESCTR", "AESCTR (cenc)"],
      ["AESCBC", "AESCBC (cbcs)"],
      ["", "not set"],
    ],
  },
  { name: "licenseUrl", label: "License URL (LA_URL)", kind: "text" },
  { name: "licenseUiUrl", label: "License page (LUI_URL)", kind: "text" },
  { name: "customAttributes", label: "Custom attributes (XML)", kind: "text" },
];

export const FORMS: Record<What, FormField[]> = {
  "widevine-box": [...WIDEVINE, ...BOX],
  "playready-box": [
    ...PLAYREADY.map((field) => (field.name === "version" ? { ...field, name: "headerVersion" } : field)),
    ...BOX,
  ],
  "common-box": [BOX[1] as FormField],
  "other-box": [
    { name: "systemId", label: "System id", kind: "text", hint: "UUID" },
    { name: "data", label: "Data", kind: "hex" },
    ...BOX,
  ],
  widevine: WIDEVINE,
  playready: PLAYREADY.map((field) => (field.name === "version" ? { ...field, name: "headerVersion" } : field)),
};

/** The initial values of a form. */
export const START: Record<string, string> = {
  keyIds: "12345678-90ab-cdef-1234-567890abcdef",
  keys: "12345678-90ab-cdef-1234-567890abcdef",
  boxKeyIds: "",
  contentId: "my-movie",
  protectionScheme: "cenc",
  headerVersion: "4.2.0.0",
  keyAlgorithm: "AESCTR",
  systemId: "6dd8b3c3-45f4-4a68-bf3a-64168d01a4a6",
  licenseUrl: "https://license.pallycon.com/ri/playready/licenseManager.do",
};
