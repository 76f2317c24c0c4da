//! PallyCon's error codes, and what to do about each.
//!
//! Source: `docs/protocol.md`, "Errors" (the vendor's license server error codes). The table is data, not a closed enum:
//! a code that is not in it passes through as `server-error` with PallyCon's own number and text. `docs/errors.md` is
//! generated from this table.

use crate::error::{Error, Phase, ServerError};
use crate::json::Value;
use crate::license::sniff::one_line;
use crate::text::{concat, find as find_in};

/// What this crate knows of one of PallyCon's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Ours: stable, kebab-case.
    pub code: &'static str,
    /// What to do.
    pub hint: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The step that has to be mended.
    pub phase: Phase,
}

/// What codes have in common, by the letter that stands beside them in the table: what to do, where, and whether to try again.
const CLASSES: &[(u8, Phase, bool, &str)] = &[
    (b's', Phase::License, false, SITE),
    (b'i', Phase::License, false, SITE_ID),
    (b'x', Phase::License, false, SUPPORT),
    (b'X', Phase::Certificate, false, SUPPORT),
    (b'l', Phase::License, true, LATER),
    (b'p', Phase::License, false, PACKAGE),
    (b'P', Phase::InitData, false, PACKAGE),
    (b'f', Phase::CustomData, false, TOKEN_FORM),
    (b'k', Phase::CustomData, false, TOKEN_KEYS),
    (b't', Phase::CustomData, false, TOKEN_TIME),
    (b'c', Phase::CustomData, false, TOKEN_CID),
    (b'd', Phase::CustomData, false, TOKEN_DRM),
    (b'n', Phase::CustomData, false, CUSTOM_DATA),
    (b'm', Phase::License, false, CHALLENGE),
    (b'a', Phase::Certificate, false, FPS_SETUP),
    (b'z', Phase::Certificate, false, FPS_CERT),
    (b'q', Phase::License, false, SPC),
    (b'v', Phase::License, false, DEVICE),
    (b'b', Phase::License, false, CALLBACK),
    (b'B', Phase::License, true, CALLBACK),
    (b'r', Phase::License, false, REFUSED),
    (b'o', Phase::CustomData, false, POLICY),
    (b'e', Phase::License, false, PERIOD),
];

const SITE: &str = "Check the site's state and contract in the PallyCon console.";
const SITE_ID: &str = "Check siteId: it is the 4-character id shown in the PallyCon console.";
const SUPPORT: &str = "Nothing in the page can mend this: contact PallyCon support with the code and the time.";
const LATER: &str = "A fault on PallyCon's side that passes: try again in a moment.";
const PACKAGE: &str = "Check that the content was packaged for this site, with this content id and these key ids.";
const TOKEN_FORM: &str = "Make the token anew on the server by the token guide; send its base64 text once, without line breaks.";
const TOKEN_KEYS: &str = "Check the site key and access key with which the server makes tokens.";
const TOKEN_TIME: &str = "Make a fresh token for each request, and check the clock of the server that makes them (GMT, no milliseconds).";
const TOKEN_CID: &str = "Make the token for the content id with which this content was packaged.";
const TOKEN_DRM: &str = "Make the token for the DRM in use: customData is told which (context.drm).";
const CUSTOM_DATA: &str = "Give createPallyCon a customData callback that returns a license token.";
const CHALLENGE: &str = "Send the CDM's message unchanged to the license URL of the same DRM.";
const FPS_SETUP: &str = "Register FairPlay's certificate, private key and ASK for this site in the PallyCon console.";
const FPS_CERT: &str = "Use the certificate that is registered for this site, or let the package fetch it by siteId.";
const SPC: &str = "Post the SPC once, as percent-encoded standard base64 in the form field spc; the adapters do.";
const DEVICE: &str = "This device is revoked: update the browser or device, or allow it in the token's security policy.";
const REFUSED: &str = "The site's own callback has refused: its code and text (siteError) are for the site to explain.";
const CALLBACK: &str = "Look at the site's callback endpoint: PallyCon called it and could not use what came back.";
const POLICY: &str = "Correct the policy that the token or the callback gives.";
const PERIOD: &str = "The policy's period does not cover this moment: check its start and end, and the time zone.";

/// `TABLE` is what is linked: a line each, which is a third of a table of texts. `MEANINGS` is for documentation.
macro_rules! table {
    ($($server:literal $class:literal $code:literal $meaning:literal;)*) => {
        const TABLE: &str = concat!($($server, $class, $code, "\n"),*);

        /// PallyCon's numbers, and what they mean in words.
        #[cfg(any(test, not(target_arch = "wasm32")))]
        pub const MEANINGS: &[(&str, &str)] = &[$((stringify!($server), $meaning)),*];
    };
}

table! {
    1002 's' "trial-limit-exceeded" "the trial's limit of licenses or users is exceeded";
    1003 'i' "site-not-found" "the site id is not known";
    1004 's' "site-stopped" "the site's service is stopped";
    1005 's' "trial-ended" "the trial period has ended";
    1006 'x' "site-key-failed" "the site key could not be decrypted";
    2001 'l' "server-database" "the server's database could not be reached";
    2701 'x' "license-record-failed" "the license record could not be written";
    2702 'x' "failure-record-failed" "the record of the failed license could not be written";
    7001 'p' "content-not-found" "no packaging is known for this content id or key id";
    7002 'x' "usage-url-failed" "the usage information URL could not be made";
    7003 'x' "ncg-certificate" "the NCG certificate failed";
    7006 'x' "key-decrypt-failed" "the content key could not be decrypted";
    7007 'f' "custom-data-unreadable" "the custom data could not be parsed";
    7008 'k' "custom-data-undecryptable" "the custom data could not be decrypted";
    7009 'f' "token-unreadable" "the token could not be parsed";
    7010 'f' "token-data-missing" "the token lacks data";
    7011 't' "token-expired" "the token has expired or is not yet valid";
    7012 'c' "content-id-mismatch" "the content id does not match the token's";
    7013 'f' "token-json-invalid" "the token is not valid JSON";
    7016 'f' "token-invalid" "the token is invalid";
    7017 'x' "token-history-failed" "the token's use could not be recorded";
    7018 'd' "token-drm-mismatch" "the token's DRM type is wrong";
    7019 'k' "token-hash-mismatch" "the token's hash does not match";
    7021 'd' "token-drm-not-ncg" "the token's DRM type is not NCG";
    7101 'x' "widevine-request-failed" "the Widevine request could not be made";
    7102 'x' "widevine-license-failed" "the Widevine license could not be made";
    7103 'l' "widevine-server-unreachable" "the Widevine server could not be reached";
    7104 's' "widevine-not-registered" "the site has no Widevine";
    7105 'm' "widevine-device-unknown" "the Widevine device id was not found";
    7106 'X' "widevine-certificate-failed" "the Widevine service certificate failed";
    7107 'm' "widevine-challenge-invalid" "the Widevine challenge is invalid";
    7110 'v' "device-revoked" "the device's certificate is revoked";
    7111 'x' "widevine-answer-unreadable" "the Widevine proxy's answer could not be parsed";
    7112 'P' "widevine-pssh-invalid" "the Widevine PSSH is invalid";
    7113 'X' "widevine-certificate-file" "the Widevine server certificate file failed";
    7115 'v' "device-revoked-permanently" "the device is revoked for good";
    7127 'p' "content-not-drm" "the content is not known as DRM content";
    7201 'x' "playready-license-failed" "the PlayReady license could not be made";
    7202 'l' "playready-server-unreachable" "the PlayReady server could not be reached";
    7203 'x' "playready-request-failed" "the PlayReady request could not be made";
    7204 'm' "playready-request-unreadable" "the PlayReady request could not be read";
    7205 'm' "playready-challenge-invalid" "the PlayReady request could not be parsed";
    7206 'n' "playready-custom-data-missing" "the PlayReady request carries no custom data";
    7300 'a' "fairplay-certificate-decrypt" "the FairPlay certificate could not be decrypted";
    7301 'a' "fairplay-not-registered" "the site has no FairPlay";
    7302 'a' "fairplay-key-not-found" "the FairPlay private key was not found";
    7303 'a' "fairplay-key-invalid" "the FairPlay key does not fit the site";
    7304 'x' "fairplay-license-failed" "the FairPlay license could not be made";
    7305 'q' "spc-missing" "the SPC is missing";
    7306 'q' "fairplay-device-missing" "the FairPlay device id is missing";
    7308 'p' "fairplay-asset-invalid" "the FairPlay asset id is invalid";
    7315 'a' "fairplay-certificate-file" "the FairPlay server certificate file failed";
    7316 'z' "spc-undecryptable" "the SPC could not be decrypted";
    7317 'q' "spc-invalid" "the SPC is invalid";
    8002 'r' "site-error" "the site's own callback refused the license";
    8004 'b' "nonce-invalid" "the nonce is invalid";
    8006 'b' "callback-xml-invalid" "the callback answered invalid XML";
    8701 'B' "callback-unreachable" "the callback URL could not be reached";
    8705 'b' "callback-url-invalid" "the callback URL is invalid";
    8706 'k' "auth-data-undecryptable" "the callback's data could not be decrypted";
    8707 'o' "policy-dates-invalid" "the start or end date is invalid";
    8708 'o' "policy-date-form-invalid" "a date's form is invalid";
    8709 'o' "policy-dates-reversed" "the start is not before the end";
    8710 'e' "period-not-started" "the viewing period has not started";
    8711 'e' "period-over" "the viewing period is over";
    8712 'o' "policy-hdcp-invalid" "the HDCP setting is invalid";
    8715 'o' "policy-cgms-invalid" "the CGMS-A setting is invalid";
    8716 'o' "policy-aps-invalid" "the APS setting is invalid";
    9001 'n' "parameter-missing" "a parameter of the request is missing";
    9999 'm' "mode-unsupported" "the mode is not supported";
}

/// What is known of a code, which arrives as a text.
pub fn find(server_code: &str) -> Option<Entry> {
    // Digits stand at the start of a line and nowhere else.
    let known = server_code.len() == 4 && server_code.bytes().all(|byte| byte.is_ascii_digit());
    let at = find_in(TABLE.as_bytes(), server_code.as_bytes()).filter(|_| known)?;
    let (class, rest) = TABLE.get(at.checked_add(4)?..)?.split_at_checked(1)?;
    let code = rest.get(..find_in(rest.as_bytes(), b"\n")?)?;
    let (_, phase, retryable, hint) = CLASSES.iter().find(|(letter, ..)| class.as_bytes() == [*letter])?;
    Some(Entry { code, hint, retryable: *retryable, phase: *phase })
}

const UNKNOWN: Entry = Entry {
    code: "server-error",
    hint: "This version does not know the code: look it up in PallyCon's list of error codes.",
    retryable: false,
    phase: Phase::License,
};

/// The error that a JSON body tells of: `{"errorCode":"7011","message":"…"}`. `None` where it tells of none.
#[inline(never)]
pub fn from_body(body: &Value, http_status: u16) -> Option<Error> {
    let server_code = one_line(body.field("errorCode")?);
    let text = body.field("message").unwrap_or_default();
    let site_error = if server_code == "8002" { body.get("message").and_then(site_error) } else { None };
    let entry = find(&server_code).unwrap_or(UNKNOWN);
    let message = one_line(text);
    let told = match &site_error {
        Some((code, message)) => concat(&["the site answered ", code, ": ", message]),
        None if message.is_empty() => ascii_words(entry.code),
        None => message.clone(),
    };
    let mut error = Error::of(entry.code, entry.phase, &["PallyCon ", &server_code, ": ", &told], entry.hint);
    error.retryable = entry.retryable;
    error.server = Some(ServerError { code: server_code, message, site_error });
    error.http_status = Some(http_status);
    Some(error)
}

/// Our code as words, where the server sends none.
fn ascii_words(code: &str) -> String {
    code.bytes().map(|byte| if byte == b'-' { ' ' } else { char::from(byte) }).collect()
}

/// 8002 nests a JSON text in its message: `{"ERROR":"code","MESSAGE":"text"}`; the object itself is taken as well.
fn site_error(message: &Value) -> Option<(String, String)> {
    let parsed = message.as_str().and_then(crate::json::parse);
    let inner = parsed.as_ref().unwrap_or(message);
    let code = inner.field("ERROR")?;
    Some((one_line(code), one_line(inner.field("MESSAGE").unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(body: &str) -> Option<Error> {
        from_body(&parse(body).unwrap(), 200)
    }

    #[test]
    fn the_table_is_in_order_and_each_code_stands_once() {
        assert!(MEANINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let codes: Vec<&str> = MEANINGS.iter().map(|(number, _)| find(number).unwrap().code).collect();
        for (at, code) in codes.iter().enumerate() {
            assert_eq!(codes.iter().position(|other| other == code), Some(at), "{code}");
            assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
            assert!(find(MEANINGS[at].0).unwrap().hint.ends_with('.') && !MEANINGS[at].1.ends_with('.'), "{code}");
        }
        assert!(CLASSES.iter().all(|(letter, ..)| TABLE.lines().any(|line| line.as_bytes()[4] == *letter)));
    }

    #[test]
    fn every_code_reads_as_text_and_as_number() {
        for (number, _) in MEANINGS {
            let entry = find(number).unwrap();
            for body in [
                format!(r#"{{"errorCode":"{number}","message":"text {number}"}}"#),
                format!(r#"{{"errorCode":{number},"message":"text {number}","body":""}}"#),
            ] {
                let error = read(&body).unwrap();
                assert_eq!(error.code, entry.code);
                assert_eq!((error.hint, error.retryable, error.phase), (entry.hint, entry.retryable, entry.phase));
                assert_eq!(error.message, format!("PallyCon {number}: text {number}"));
                assert_eq!(error.server.clone().unwrap().code, number.to_string());
                assert_eq!(error.http_status, Some(200));
            }
        }
    }

    #[test]
    fn what_is_worth_a_retry_is_what_the_protocol_says() {
        let retryable: Vec<&str> = MEANINGS.iter().map(|(number, _)| *number).filter(|number| find(number).unwrap().retryable).collect();
        assert_eq!(retryable, ["2001", "7103", "7202", "8701"]);
    }

    #[test]
    fn an_unknown_code_passes_through() {
        let error = read(r#"{"errorCode":"12345","message":"something new"}"#).unwrap();
        assert_eq!((error.code, error.message.as_str()), ("server-error", "PallyCon 12345: something new"));
        assert_eq!(error.server.clone().unwrap().code, "12345");
        let error = read(r#"{"errorCode":"E-7","message":null}"#).unwrap();
        assert_eq!((error.code, error.message.as_str()), ("server-error", "PallyCon E-7: server error"));
        assert!(!error.retryable);
    }

    #[test]
    fn the_site_s_own_error_is_taken_out_of_8002() {
        let error = read(r#"{"errorCode":"8002","message":"{\"ERROR\":\"C-17\",\"MESSAGE\":\"no subscription\"}"}"#).unwrap();
        assert_eq!(error.server.clone().unwrap().site_error, Some(("C-17".into(), "no subscription".into())));
        assert_eq!(error.message, "PallyCon 8002: the site answered C-17: no subscription");
        let error = read(r#"{"errorCode":"8002","message":{"ERROR":17,"MESSAGE":"no"}}"#).unwrap();
        assert_eq!(error.server.clone().unwrap().site_error, Some(("17".into(), "no".into())));
        let error = read(r#"{"errorCode":"8002","message":"plain"}"#).unwrap();
        assert_eq!((error.message.as_str(), error.server.clone().unwrap().site_error), ("PallyCon 8002: plain", None));
    }

    #[test]
    fn a_message_is_one_line_and_never_repeats_a_token() {
        let token = "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8ifQ==";
        let error = read(&format!(r#"{{"errorCode":"7009","message":"bad\ntoken {token} in\u0007 header"}}"#)).unwrap();
        assert_eq!(error.message, "PallyCon 7009: bad token … in header");
        assert_eq!(error.server.clone().unwrap().message, "bad token … in header");
        let error = read(r#"{"errorCode":"7009","message":""}"#).unwrap();
        assert_eq!(error.message, "PallyCon 7009: token unreadable");
    }

    #[test]
    fn other_objects_are_not_errors() {
        for body in [r#"{"license":"00"}"#, "[]", r#"{"errorCode":null}"#, r#"{"errorCode":{}}"#, "7011"] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
