//! Inputs that are put together of what packagers, servers and CDMs write, and changed here and there: many are taken.

use super::{object, pssh};
use crate::system::{COMMON, FAIRPLAY, NCG, PLAYREADY, WIDEVINE};
use crate::text::{to_base64, to_base64url, to_utf16_le};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Some bytes set, a bit turned, a stretch doubled, moved, or cut off.
pub fn changed(data: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<Index>(), any::<u8>(), 0..6_u8);
    let changes = prop_oneof![1 => Just(vec![]), 1 => vec(change, 1..4)];
    (data, changes).prop_map(|(mut data, changes)| {
        for (place, other, byte, what) in changes {
            let (at, to) = (place.index(data.len().max(1)), other.index(data.len() + 1));
            match (what, data.get_mut(at)) {
                (0, Some(old)) => *old = byte,
                (1, Some(old)) => *old ^= 1 << (byte & 7),
                (2, Some(old)) => *old = old.wrapping_add(1),
                (3, _) => data.truncate(at),
                (4, _) => data.insert(to, byte),
                _ => {
                    let stretch = data[at..to.max(at)].to_vec();
                    let place = usize::from(byte) % (data.len() + 1);
                    data.splice(place..place, stretch);
                }
            }
        }
        data
    })
}

/// A text with up to two of these somewhere in it.
pub fn inserted(text: impl Strategy<Value = String>, tokens: &'static [&'static str]) -> impl Strategy<Value = String> {
    let insertions = prop_oneof![1 => Just(vec![]), 1 => vec((any::<Index>(), select(tokens)), 1..3)];
    (text, insertions).prop_map(|(mut text, insertions)| {
        for (place, token) in insertions {
            let at = place.index(text.len() + 1);
            text.insert_str((0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0), token);
        }
        text
    })
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    // Few of them, so that some repeat.
    prop_oneof![3 => (0..4_u8).prop_map(|byte| [byte; 16]), 1 => any::<[u8; 16]>()]
}

fn varint(mut number: u64, longer: usize) -> Vec<u8> {
    let mut out = vec![];
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    for _ in 0..longer {
        *out.last_mut().unwrap() |= 0x80;
        out.push(0);
    }
    out
}

fn of_bytes(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag][..], &varint(value.len() as u64, 0), value].concat()
}

/// Content ids, some of live content.
fn content_id() -> impl Strategy<Value = String> {
    let live =
        (select(vec!["", "c", "cid", "cid-0"]), prop_oneof![0..4_u32, any::<u32>()]).prop_map(|(cid, index)| format!("{cid}{index:016x}"));
    prop_oneof![live, "[a-z0-9é]{0,20}"]
}

/// A field of Widevine's data.
fn field() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![0..4_u64, any::<u32>().prop_map(u64::from), any::<u64>()];
    prop_oneof![
        8 => id().prop_map(|id| of_bytes(0x12, &id)),
        3 => content_id().prop_map(|cid| of_bytes(0x22, cid.as_bytes())),
        3 => (0..4_u64, 0..6_usize).prop_map(|(index, longer)| [vec![0x38], varint(index, longer)].concat()),
        2 => (select(vec![0x08_u8, 0x38, 0x48, 0x50]), number.clone()).prop_map(|(tag, number)| [vec![tag], varint(number, 0)].concat()),
        2 => (select(vec![0x1a_u8, 0x2a, 0x32]), vec(any::<u8>(), 0..6)).prop_map(|(tag, value)| of_bytes(tag, &value)),
        1 => (any::<u8>(), vec(any::<u8>(), 0..40)).prop_map(|(tag, value)| of_bytes(tag, &value)),
        1 => (any::<u8>(), number).prop_map(|(tag, number)| [vec![tag], varint(number, 0)].concat()),
    ]
}

/// Widevine's data: in the usual order, or in any.
fn widevine() -> impl Strategy<Value = Vec<u8>> {
    let usual = (vec(id(), 0..4), weighted(0.7, content_id()), weighted(0.5, 0..4_u64)).prop_map(|(ids, cid, index)| {
        let cid = cid.map(|cid| of_bytes(0x22, cid.as_bytes())).unwrap_or_default();
        let index = index.map(|index| [vec![0x38], varint(index, 0)].concat()).unwrap_or_default();
        let ids: Vec<u8> = ids.iter().flat_map(|id| of_bytes(0x12, id)).collect();
        [&[8, 1][..], &ids, b"\x1a\x08pallycon", &cid, &index, b"\x48\xe3\xdc\x95\x9b\x06"].concat()
    });
    prop_oneof![1 => usual, 1 => vec(field(), 0..5).prop_map(|fields| fields.concat())]
}

const NAMES: [&str; 9] = ["DATA", "PROTECTINFO", "KIDS", "KID", "ALGID", "LA_URL", "CUSTOMATTRIBUTES", "PERIOD_INDEX", "X"];

fn attributes() -> impl Strategy<Value = String> {
    let name = select(vec!["VALUE", "VALUE", "VALUE", "ALGID", "CHECKSUM", "xmlns", "value"]);
    let value = prop_oneof![4 => id().prop_map(|id| to_base64(&id)), 1 => "[ -~\t]{0,8}"];
    vec((name, value).prop_map(|(name, value)| format!(" {name}=\"{value}\"")), 0..3).prop_map(|list| list.concat())
}

/// An element as packagers write it, of any name, with anything in it.
fn element() -> impl Strategy<Value = String> {
    let text = || prop_oneof![2 => Just(String::new()), 2 => id().prop_map(|id| to_base64(&id)), 1 => "[ -%'-;=?-~\n]{0,6}"];
    let leaf = (select(&NAMES[..]), attributes(), text(), any::<bool>()).prop_map(|(name, attributes, text, short)| match short {
        true => format!("<{name}{attributes}/>"),
        false => format!("<{name}{attributes}>{text}</{name}>"),
    });
    leaf.prop_recursive(4, 12, 3, move |inner| {
        (select(&NAMES[..]), vec(inner, 0..3), text()).prop_map(|(name, inner, text)| format!("<{name}>{}{text}</{name}>", inner.concat()))
    })
}

/// What stands in a header's DATA, of each version.
fn data() -> impl Strategy<Value = String> {
    let base64 = || id().prop_map(|id| to_base64(&id));
    let old = base64().prop_map(|id| {
        format!("<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>{id}</KID><CHECKSUM>AAAAAAAAAAA=</CHECKSUM>")
    });
    let one = base64().prop_map(|id| format!("<PROTECTINFO><KID ALGID=\"AESCTR\" VALUE=\"{id}\"></KID></PROTECTINFO>"));
    let list = vec(base64(), 0..4).prop_map(|ids| {
        let ids: String = ids.iter().map(|id| format!("<KID ALGID=\"AESCBC\" VALUE=\"{id}\"/>")).collect();
        format!("<PROTECTINFO><KIDS>{ids}</KIDS></PROTECTINFO>")
    });
    let any_order = vec(element(), 0..4).prop_map(|elements| elements.concat());
    let period = (0..9_u8).prop_map(|index| format!("<CUSTOMATTRIBUTES><PERIOD_INDEX>{index}</PERIOD_INDEX></CUSTOMATTRIBUTES>"));
    prop_oneof![4 => old, 2 => one, 4 => list, 6 => any_order, 1 => period]
}

const IN_XML: &[&str] = &[
    "<",
    ">",
    "&",
    "\"",
    "'",
    " ",
    "\n",
    "\t",
    "/",
    "=",
    "]]>",
    "<!-- c -->",
    "<![CDATA[x]]>",
    "<?x?>",
    "<?xml version=\"1.0\"?>",
    "&amp;",
    "&#65;",
    "p:",
    "xmlns:p=\"x\" ",
    " a=\"b\"",
    " VALUE=\"\"",
    " p:VALUE=\"AAAAAAAAAAAAAAAAAAAAAA==\"",
    "<X>",
    "</X>",
    "<X/>",
    "<X a=\">\"/>",
    "<KID>",
    "</KID>",
    "<KIDS>",
    "</KIDS>",
    "<KID VALUE=\"BAQEBAQEBAQEBAQEBAQEBA==\"/>",
    "<KID>BAQEBAQEBAQEBAQEBAQEBA==</KID>",
    "<PERIOD_INDEX>1</PERIOD_INDEX>",
    "<CUSTOMATTRIBUTES><PERIOD_INDEX>1</PERIOD_INDEX></CUSTOMATTRIBUTES>",
    "\0",
    "\u{b}",
    "\u{c}",
    "\u{e9}",
    "\u{feff}",
    "x",
    "_",
    "0",
    ".",
];

/// A header.
pub fn xml() -> impl Strategy<Value = String> {
    let end = "<LA_URL>https://a.test/</LA_URL></DATA></WRMHEADER>";
    let start = "<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"4.0.0.0\"><DATA>";
    inserted(data().prop_map(move |data| [start, &data, end].concat()), IN_XML)
}

/// The header's bytes in the object; numbers that are not its own now and then.
fn in_object() -> impl Strategy<Value = Vec<u8>> {
    let wrong = prop_oneof![20 => Just(None), 1 => (0..10_usize, any::<u8>()).prop_map(Some)];
    let end = prop_oneof![20 => Just(&b""[..]), 1 => Just(&b"\0"[..]), 1 => Just(&b"\0\0"[..])];
    (xml(), end, wrong).prop_map(|(xml, end, wrong)| {
        let mut object = object(&[&to_utf16_le(&xml), end].concat());
        if let Some((at, byte)) = wrong {
            object[at] = byte;
        }
        object
    })
}

/// One box or some.
pub fn cenc() -> impl Strategy<Value = Vec<u8>> {
    let system = select(vec![COMMON, WIDEVINE, PLAYREADY, FAIRPLAY, NCG, [7; 16]]);
    let one = prop_oneof![
        3 => widevine().prop_map(|data| (WIDEVINE, data)),
        3 => in_object().prop_map(|data| (PLAYREADY, data)),
        2 => system.clone().prop_map(|system| (system, vec![])),
        1 => (system, vec(any::<u8>(), 0..20)),
    ];
    let one = (one, prop_oneof![2 => Just(vec![]), 1 => vec(id(), 1..4)]);
    changed(vec(one.prop_map(|((system, data), ids)| pssh(system, &ids, &data)), 1..4).prop_map(|boxes| boxes.concat()))
}

/// The URI of a key.
pub fn skd() -> impl Strategy<Value = Vec<u8>> {
    let id = || id().prop_map(|id| to_base64(&id));
    let asset_id =
        prop_oneof![2 => id(), 1 => id().prop_map(|id| id.replace('=', "")), 3 => content_id(), 1 => "[ -~]{20,40}", 1 => "[0-9a-f]{32}"];
    let uri = inserted(
        asset_id.prop_map(|id| ["skd://", &id].concat()),
        &[" ", "\n", "\0", "=", "==", "/", ":", "é", "skd://", "0000000000000001"],
    );
    changed(uri.prop_map(String::into_bytes))
}

/// A CDM's message.
pub fn message() -> impl Strategy<Value = Vec<u8>> {
    let texts = select(vec![
        "<soap:Envelope xmlns:soap=\"s\"><soap:Body/></soap:Envelope>",
        "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"s\"/>",
        "<?xml version=\"1.0\"?><PlayReadyKeyMessage><Challenge>PGEvPg==</Challenge></PlayReadyKeyMessage>",
        "<PlayReadyKeyMessage><Challenge>PGEvPg==</Challenge></PlayReadyKeyMessage>",
    ]);
    let tokens: &[&str] =
        &["PlayReadyKeyMessage", "<PlayReadyKeyMessage>", ":", "<?xml?>", "<!-- ", "-->", " ", "\u{feff}", "&#80;", ">", "é"];
    let soap = inserted(texts.prop_map(String::from), tokens).prop_map(String::into_bytes);
    changed(prop_oneof![1 => vec(any::<u8>(), 0..40), 3 => soap])
}

/// Custom data, mostly proper.
pub fn custom_data() -> impl Strategy<Value = String> {
    inserted(vec(any::<u8>(), 0..20).prop_map(|bytes| to_base64(&bytes)), &["-", "_", "=", "A", " ", "\n", "\"", "\\", "é", ".", "%"])
}

/// A license server's URL.
pub fn url() -> impl Strategy<Value = String> {
    inserted(Just(super::URL.to_string()), &["?", "?a=b", "&", "#", "#a?b", "é", " ", "%20"])
}

/// What an answer may have around it or in it.
const IN_TEXT: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{b}",
    "\u{c}",
    "\u{feff}",
    "=",
    "==",
    "-",
    "_",
    "<ckc>",
    "</ckc>",
    "-----",
    "-----BEGIN ",
    "-----END ",
    "{",
    "<",
    "a",
];

/// Base64 of something, whole or not.
fn base64(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let text = (bytes, 0..3_u8).prop_map(|(bytes, form)| match form {
        0 => to_base64(&bytes),
        1 => to_base64url(&bytes),
        _ => to_base64(&bytes) + "\n",
    });
    changed(inserted(text, IN_TEXT).prop_map(String::into_bytes))
}

/// A body as Widevine's server answers.
pub fn widevine_license() -> impl Strategy<Value = Vec<u8>> {
    let field =
        prop_oneof![6 => (1..16_u8, vec(any::<u8>(), 0..10)).prop_map(|(number, value)| of_bytes(number << 3 | 2, &value)), 1 => field()];
    let license = (select(vec![2_u8, 2, 5, 1]), vec(field, 0..5)).prop_map(|(kind, fields)| [vec![8, kind], fields.concat()].concat());
    changed(prop_oneof![8 => license, 1 => vec(any::<u8>(), 0..20)])
}

/// A body as PlayReady's server answers.
pub fn soap() -> impl Strategy<Value = Vec<u8>> {
    let start =
        select(vec!["", "", "", "", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<?xml version='1.0'?>\n", "\u{feff}", "<!-- c -->"]);
    let inner = select(vec![
        "<AcquireLicenseResponse/>",
        "<a:AcquireLicenseResponse/>",
        "AcquireLicenseResponse",
        "<AcquireLicenseResponse xmlns=\"a\"><Response>x</Response></AcquireLicenseResponse>",
        "<soap:Fault/>",
    ]);
    let answer = (start, inner)
        .prop_map(|(start, inner)| format!("{start}<soap:Envelope xmlns:soap=\"s\"><soap:Body>{inner}</soap:Body></soap:Envelope>"));
    let tokens: &[&str] = &[
        "Fault",
        "<Fault>",
        "<s:Fault/>",
        "</Fault>",
        "<html",
        "<HTML>",
        "<html>",
        "<!doctype html>",
        " ",
        "\n",
        "\0",
        "\u{b}",
        ">",
        "<",
        "&",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "{}",
        "é",
        "</soap:Envelope>",
        "AcquireLicenseResponse",
    ];
    changed(inserted(answer, tokens).prop_map(String::into_bytes))
}

/// A body as FairPlay's server answers.
pub fn ckc() -> impl Strategy<Value = Vec<u8>> {
    let bytes =
        prop_oneof![6 => vec(any::<u8>(), 0..40), 1 => widevine_license(), 1 => Just(b"{}\n".to_vec()), 1 => Just(b"<a/>".to_vec())];
    prop_oneof![6 => base64(bytes), 1 => "[A-Z]?[a-z]{2,8}\n?".prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..40)]
}

/// A body as a certificate's server answers.
pub fn der() -> impl Strategy<Value = Vec<u8>> {
    let bytes = || changed(vec(any::<u8>(), 0..40).prop_map(|rest| [&[0x30, 0x82, 0, 40][..], &rest].concat()));
    prop_oneof![2 => bytes(), 4 => base64(bytes()), 1 => vec(any::<u8>(), 0..20)]
}
