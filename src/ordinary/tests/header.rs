//! PlayReady headers.

use super::*;
use crate::text::{swap_guid, to_base64};

/// The first bytes of the key ids in a header.
fn keys(xml: &str) -> Option<Vec<u8>> {
    let ids = identified(InitDataType::Cenc, &playready(xml))?.key_ids;
    assert!(ids.iter().all(|id| *id == [id[0]; 16]));
    Some(ids.iter().map(|id| id[0]).collect())
}

/// Base64 of a key id, the same byte sixteen times.
fn id(byte: u8) -> String {
    to_base64(&[byte; 16])
}

/// `DATA` with this in it.
fn data(inner: &str) -> Option<Vec<u8>> {
    keys(&format!(
        "<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"4.0.0.0\"><DATA>{inner}</DATA></WRMHEADER>"
    ))
}

#[test]
fn every_version() {
    let [a, b, c] = [1, 2, 3].map(id);
    let rest = "<LA_URL>https://a.test/rightsmanager.asmx</LA_URL><DS_ID></DS_ID><DECRYPTORSETUP>ONDEMAND</DECRYPTORSETUP>";
    // 4.0: an element of DATA
    let old = format!("<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>{a}</KID><CHECKSUM>AA==</CHECKSUM>{rest}");
    assert_eq!(data(&old), Some(vec![1]));
    // 4.1: one, in an attribute
    assert_eq!(data(&format!("<PROTECTINFO><KID ALGID=\"AESCTR\" VALUE=\"{a}\"></KID></PROTECTINFO>{rest}")), Some(vec![1]));
    // 4.2 and 4.3: a list
    let list = format!("<KIDS><KID ALGID=\"AESCBC\" VALUE=\"{b}\" /><KID VALUE=\"{c}\" CHECKSUM=\"\"/><KID VALUE=\"{b}\"></KID></KIDS>");
    assert_eq!(data(&format!("<PROTECTINFO LICENSEREQUESTED=\"true\">{list}</PROTECTINFO>{rest}")), Some(vec![2, 3]));
    // The old form's comes last, as the full reader has it; of two the last counts.
    assert_eq!(data(&format!("<KID>{b}</KID><KID>{a}</KID><PROTECTINFO>{list}</PROTECTINFO>")), Some(vec![2, 3, 1]));
    assert_eq!(data(""), Some(vec![]));
    assert_eq!(keys("<WRMHEADER/>"), Some(vec![]));
}

#[test]
fn key_ids_are_guids() {
    let guid: [u8; 16] = *b"0123456789abcdef";
    let header = format!("<WRMHEADER><DATA><KID>\r\n\t{} </KID></DATA></WRMHEADER>", to_base64(&guid));
    assert_eq!(identified(InitDataType::Cenc, &playready(&header)).unwrap().key_ids, [swap_guid(guid)]);
}

#[test]
fn white_space_between_elements_is_no_matter() {
    let header = format!("<WRMHEADER>\r\n\t<DATA >\n <KID a=\"b\" >{}</KID>\n</DATA> </WRMHEADER>", id(1));
    assert_eq!(keys(&header), Some(vec![1]));
}

#[test]
fn key_ids_where_none_belong_or_that_are_none() {
    let id = id(1);
    for inner in [
        "<KID/>".to_string(),
        "<KID></KID>".into(),
        "<KID>AAAA</KID>".into(),
        "<KID>not base64!</KID>".into(),
        format!("<KID><KID>{id}</KID></KID>"),
        format!("<KID>{id}<X/></KID>"),
        format!("<X><KID>{id}</KID></X>"),
        format!("<KIDS><KID VALUE=\"{id}\"/></KIDS>"),
        format!("<X><KIDS><KID VALUE=\"{id}\"/></KIDS></X>"),
        format!("<X><PROTECTINFO><KID VALUE=\"{id}\"/></PROTECTINFO></X>"),
        format!("<PROTECTINFO><X><KID VALUE=\"{id}\"/></X></PROTECTINFO>"),
        format!("<PROTECTINFO><KIDS><X><KID VALUE=\"{id}\"/></X></KIDS></PROTECTINFO>"),
        format!("<PROTECTINFO><KID>{id}</KID></PROTECTINFO>"),
        format!("<PROTECTINFO><KID value=\"{id}\"/></PROTECTINFO>"),
        format!("<PROTECTINFO><KID p:VALUE=\"{id}\"/></PROTECTINFO>"),
        "<PROTECTINFO><KID VALUE=\"\"/></PROTECTINFO>".into(),
    ] {
        assert_eq!(data(&inner), None, "{inner}");
    }
    assert_eq!(keys(&format!("<WRMHEADER><KID>{id}</KID></WRMHEADER>")), None);
}

#[test]
fn a_key_period_is_left() {
    assert_eq!(data("<CUSTOMATTRIBUTES><PERIOD_INDEX>128</PERIOD_INDEX></CUSTOMATTRIBUTES>"), None);
    assert_eq!(data("<CUSTOMATTRIBUTES xmlns=\"\"><CONTENT>x</CONTENT></CUSTOMATTRIBUTES>"), Some(vec![]));
}

#[test]
fn xml_that_packagers_do_not_write() {
    for inner in [
        "<!-- c -->",
        "<![CDATA[x]]>",
        "<?x y?>",
        "<!DOCTYPE x>",
        "<LA_URL>a&amp;b</LA_URL>",
        "<LA_URL>a>b</LA_URL>",
        "<LA_URL>\u{7f}</LA_URL>",
        "<LA_URL>é</LA_URL>",
        "<p:LA_URL>a</p:LA_URL>",
        "<A1/>",
        "<A",
        "<A>",
        "</A>",
        "<A></B>",
        "<A></A >",
        "<A a='b'/>",
        "<A a = \"b\"/>",
        "<A  a=\"b\"/>",
        "<A\ta=\"b\"/>",
        "<A a=\"b\"c=\"d\"/>",
        "<A a=\"b\" a=\"c\"/>",
        "<A a=\"<\"/>",
        "<A a=\">\"/>",
        "<A a=\"b/>",
        "<A a/>",
        "<A =\"b\"/>",
        "<A p:a=\"b\"/>",
        "<A / >",
        "< A/>",
        "<>",
        "</>",
        "</>/>",
    ] {
        assert_eq!(data(inner), None, "{inner}");
    }
    for document in
        ["", "x", " <WRMHEADER/>", "<WRMHEADER/> ", "<WRMHEADER/><WRMHEADER/>", "<WRMHEADER/>x", "<OTHER/>", "<wrmheader/>", "<WRMHEADER"]
    {
        assert_eq!(keys(document), None, "{document}");
    }
    assert_eq!(keys("<?xml version=\"1.0\"?><WRMHEADER/>"), None);
}

#[test]
fn depth_and_attributes_are_bounded() {
    let nested = |depth: usize| data(&["<A>".repeat(depth), "</A>".repeat(depth)].concat());
    assert_eq!((nested(14), nested(16)), (Some(vec![]), None));
    let names = |count: u8| (0..count).map(|at| format!(" {}=\"\"", char::from(b'a' + at))).collect::<String>();
    assert_eq!((data(&format!("<A{}/>", names(16))), data(&format!("<A{}/>", names(18)))), (Some(vec![]), None));
}
