//! Flussonic Media Server: the `drm` line of a stream. Flussonic calls the key server itself, for live with a new key
//! every ten minutes.
//!
//! Shape: Flussonic, "Content Protection with DRM" (flussonic.com/doc/content-protection-with-drm): `drm VENDOR
//! keyserver=URL`, and `resource_id` for the content id of a CPIX or SPEKE key server. PallyCon's CPIX guide names
//! Flussonic as a client of its CPIX API.

use super::{CHECK, CONTENT_ID, Make, View, content_id};
use crate::cpix::kms::Service;
use crate::error::{Error, Reason};
use crate::json::Value;
use crate::schema::{Kind, required};

/// The line, as text.
pub const VIEW: View = View {
    name: "flussonic",
    function: "toFlussonic",
    title: "The `drm` line of a Flussonic stream.",
    options: &[required("url", Kind::Text).doc("of kind v1, v2 or doverunner"), CONTENT_ID],
    make: Make::Settings(view),
    #[cfg(test)]
    types: super::typescript::Types { options: "FlussonicOptions", returns: "string", declarations: "" },
};

fn view(pack: &Value, options: &Value) -> Result<Value, Error> {
    let url = options.field("url").unwrap_or_default();
    if !url.starts_with("http") || Service::from_url(url).is_none_or(Service::is_speke) {
        return Err(CHECK.refuse(Reason::ViewFlussonicUrl));
    }
    let content_id = content_id(pack, options)?;
    // The configuration's grammar: spaces separate words, a semicolon ends a line, braces make blocks.
    if [url, content_id]
        .iter()
        .any(|text| text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ';' | '{' | '}' | '"' | '#')))
    {
        return Err(CHECK.refuse(Reason::ViewFlussonicCharacters));
    }
    Ok(Value::String(["drm pallycon keyserver=", url, " resource_id=", content_id, ";"].concat()))
}

#[cfg(test)]
mod tests {
    use crate::cpix::views::tests::{WIDEVINE, entry, pack, view};
    use crate::json::Value;

    #[test]
    fn the_line_of_a_stream() {
        let line = view("flussonic", &pack(&[entry('1', &[WIDEVINE])]), r#"{"url":"https://kms.pallycon.com/v2/cpix/pallycon/getKey/t"}"#)
            .unwrap();
        assert_eq!(line.as_str(), Some("drm pallycon keyserver=https://kms.pallycon.com/v2/cpix/pallycon/getKey/t resource_id=film;"));
    }

    #[test]
    fn its_rules() {
        for (options, what) in [
            (
                r#"{"url":"https://kms.pallycon.com/cpix/getKey?enc-token=t","contentId":"c"}"#,
                "must be a key server of PallyCon's CPIX API",
            ),
            (r#"{"url":"https://k.example/v1/cpix/x"}"#, "contentId is missing"),
            (r#"{"url":"https://k.example/v1/cpix/x","contentId":"a; drm none"}"#, "must not contain whitespace"),
        ] {
            assert!(view("flussonic", &Value::object([]), options).unwrap_err().contains(what), "{options}");
        }
    }
}
