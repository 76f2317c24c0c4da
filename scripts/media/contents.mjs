// The contents of the demo media: clips, tracks, keys. The keys are public on purpose: they protect a test picture, and
// a fixed key makes the clip identical in every run. The FairPlay URI of a track is skd:// + base64 of its key id; the
// key ids are chosen so that their base64 contains "/" and "+", which break code that parses the URI as a URL.

/**
 * @typedef {object} Track
 * @property {"video"|"audio"} type
 * @property {"SD"|"AUDIO"} trackType PallyCon's name for the class of the track
 * @property {string} keyId hex
 * @property {string} key hex
 * @property {string} iv hex, 8 bytes for cenc (counter mode), 16 for cbcs (one constant vector)
 */

/** @type {{contentId: string, title: string, scheme: "cenc"|"cbcs", provider: string, tracks: Track[]}[]} */
export const contents = [
  {
    contentId: "demo-cenc",
    title: "Two keys, cenc",
    scheme: "cenc",
    provider: "doverunner",
    tracks: [
      {
        type: "video",
        trackType: "SD",
        keyId: "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1", // f7+fLTwOT1uL53wvof5r0Q==
        key: "5a1f0c8e2b7d4963a0e4d7b81c365f92",
        iv: "1d4f6a8092b3c5e7",
      },
      {
        type: "audio",
        trackType: "AUDIO",
        keyId: "c2fb3fe4519a4df7b0bf2e6dfbc8a94e", // wvs/5FGaTfewvy5t+8ipTg==
        key: "e3904b7d1f6845c2963ad8057be21cf4",
        iv: "8e20c9d73b5641fa",
      },
    ],
  },
  {
    contentId: "demo-cbcs",
    title: "Two keys, cbcs",
    scheme: "cbcs",
    provider: "inkaentworks",
    tracks: [
      {
        type: "video",
        trackType: "SD",
        keyId: "01bfdc0fef9e4a7bbff8d3e2f4fbe1c6", // Ab/cD++eSnu/+NPi9Pvhxg==
        key: "90c41de7638b4f2aa517e6d2fb08394c",
        iv: "2c7e11f094ab4d63b85a0f3ed16c9284",
      },
      {
        type: "audio",
        trackType: "AUDIO",
        keyId: "ebff6a7e5d2c4bfe9fbe07f3c9d84a2b", // 6/9qfl0sS/6fvgfzydhKKw==
        key: "3f7a52c9e08d4b16bd94716a20ce85f1",
        iv: "f15d8243c60e4a97982be7340d5fac16",
      },
    ],
  },
  {
    contentId: "demo-single-key",
    title: "One key for both tracks, cenc",
    scheme: "cenc",
    provider: "doverunner",
    // In counter mode, one key must never be used with the same counter twice: the vectors differ.
    tracks: [
      {
        type: "video",
        trackType: "SD",
        keyId: "9d3fe6bf10c74be9a2ffbe5c6df0b873", // nT/mvxDHS+mi/75cbfC4cw==
        key: "6be803f15c2d47a98f40d6197ac3e25b",
        iv: "40a6b1c2d3e4f506",
      },
      {
        type: "audio",
        trackType: "AUDIO",
        keyId: "9d3fe6bf10c74be9a2ffbe5c6df0b873",
        key: "6be803f15c2d47a98f40d6197ac3e25b",
        iv: "c9172d6e4b803fa5",
      },
    ],
  },
];
