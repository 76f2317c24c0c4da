// Sample inputs for the page. Realistic in form, but made up; none contains a key.
import { h } from "../shared/dom.js";

export interface Sample {
  name: string;
  text: string;
}

const WIDEVINE =
  "AAAATnBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAAC4IARIQEjRWeJCrze8SNFZ4kKvN7xoIcGFsbHljb24iCG15LW1vdmllSOPclZsG";

/** Its default_KID is in the byte order of a GUID. */
const MPD = `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013">
  <Period><AdaptationSet mimeType="video/mp4">
    <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="78563412-ab90-efcd-1234-567890abcdef"/>
    <ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed">
      <cenc:pssh>${WIDEVINE}</cenc:pssh>
    </ContentProtection>
  </AdaptationSet></Period>
</MPD>
`;

export const SAMPLES: Sample[] = [
  { name: "PSSH box of Widevine, in base64", text: WIDEVINE },
  {
    name: "PlayReady header",
    text: `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="eFY0EquQ780SNFZ4kKvN7w=="></KID></KIDS></PROTECTINFO><LA_URL>https://license.pallycon.com/ri/playready/licenseManager.do</LA_URL></DATA></WRMHEADER>`,
  },
  {
    name: "MPD with a wrong default_KID",
    text: MPD,
  },
  {
    name: "HLS playlist with FairPlay",
    text: `#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="skd://EjRWeJCrze8SNFZ4kKvN7w==",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"\n#EXTINF:6,\nsegment1.m4s\n`,
  },
  {
    name: "License token",
    text: "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IkRFTU8iLCJ1c2VyX2lkIjoidmlld2VyIiwiY2lkIjoibXktbW92aWUiLCJwb2xpY3kiOiJTQU1QTEUiLCJ0aW1lc3RhbXAiOiIyMDI0LTAxLTAxVDAwOjAwOjAwWiIsImhhc2giOiJTQU1QTEUifQ==",
  },
  { name: "Error of the license server", text: `{"errorCode":"7011","message":"token expired"}` },
  {
    name: "CPIX document",
    text: `<?xml version="1.0"?>\n<cpix:CPIX xmlns:cpix="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" id="my-movie">\n  <cpix:ContentKeyList>\n    <cpix:ContentKey kid="12345678-90ab-cdef-1234-567890abcdef" commonEncryptionScheme="cenc"><cpix:Data><pskc:Secret><pskc:PlainValue>AAAAAAAAAAAAAAAAAAAAAA==</pskc:PlainValue></pskc:Secret></cpix:Data></cpix:ContentKey>\n  </cpix:ContentKeyList>\n  <cpix:DRMSystemList>\n    <cpix:DRMSystem kid="12345678-90ab-cdef-1234-567890abcdef" systemId="edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"><cpix:PSSH>${WIDEVINE}</cpix:PSSH></cpix:DRMSystem>\n  </cpix:DRMSystemList>\n</cpix:CPIX>\n`,
  },
  { name: "Key id", text: "12345678-90ab-cdef-1234-567890abcdef" },
];

/** A list of samples; after a choice it shows its heading again. */
export function samplePicker(choose: (text: string) => void): HTMLSelectElement {
  const select = h(
    "select",
    { "aria-label": "Samples" },
    h("option", { value: "" }, "Samples…"),
    ...SAMPLES.map(({ name }, at) => h("option", { value: at }, name)),
  );
  select.addEventListener("change", () => {
    const sample = SAMPLES[Number(select.value)];
    if (select.value !== "" && sample) choose(sample.text);
    select.value = "";
  });
  return select;
}

/** An MPD and a matching box, except for the byte order of a key id. */
export const samplePair = (): [string, string] => [MPD, WIDEVINE];
