//! PallyCon's error codes, and what to do about each.
//!
//! Source: `docs/protocol.md`, "Errors" (the vendor's license server error codes). The table is data, not a closed enum:
//! a code that is not in it passes through as `server-error` with PallyCon's own number and text. `docs/errors.md` is
//! generated from this table.

use crate::error::{Error, Phase, ServerError};
use crate::json::Value;
use crate::license::sniff::one_line;

/// What this crate knows of one of PallyCon's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// PallyCon's number.
    pub server_code: u16,
    /// Ours: stable, kebab-case.
    pub code: &'static str,
    /// What happened, where the server sends no text.
    pub meaning: &'static str,
    /// What to do.
    pub hint: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The step that has to be mended.
    pub phase: Phase,
}

const SITE: &str = "Check the site's state and contract in the PallyCon console.";
const SITE_ID: &str = "Check siteId: it is the 4-character id shown in the PallyCon console.";
const SUPPORT: &str = "Nothing in the page can mend this: contact PallyCon support with the code and the time.";
const LATER: &str = "A fault on PallyCon's side that passes: try again in a moment.";
const PACKAGE: &str = "Check that the content was packaged for this site, and that content id and key ids agree with the packaging.";
const TOKEN_FORM: &str =
    "Make the token anew on the server by the token guide; the header takes its base64 text, once, without line breaks.";
const TOKEN_KEYS: &str = "Check the site key and access key with which the server makes tokens.";
const TOKEN_TIME: &str = "Make a fresh token for each request, and check the clock of the server that makes them (GMT, no milliseconds).";
const TOKEN_CID: &str = "Make the token for the content id with which this content was packaged.";
const TOKEN_DRM: &str = "Make the token for the DRM in use: customData is told which (context.drm).";
const CUSTOM_DATA: &str = "Give createPallyCon a customData callback that returns a license token.";
const CHALLENGE: &str = "Send the CDM's message unchanged to the license URL of the same DRM, and let nothing else transform it.";
const FPS_SETUP: &str = "Register FairPlay's certificate, private key and ASK for this site in the PallyCon console.";
const FPS_CERT: &str = "Use the certificate that is registered for this site, or let the package fetch it by siteId.";
const SPC: &str = "Post the SPC once, as percent-encoded standard base64 in the form field spc; the adapters do.";
const DEVICE: &str = "This device's certificate is revoked: update the browser or device, or allow it in the token's security policy.";
const CALLBACK: &str = "Look at the site's callback endpoint: PallyCon called it and could not use what came back.";
const POLICY: &str = "Correct the policy that the token or the callback gives.";
const PERIOD: &str = "The policy's period does not cover this moment: check its start and end, and the time zone.";

macro_rules! table {
    ($($server:literal $code:literal $meaning:literal $hint:ident $retry:ident $phase:ident;)*) => {
        &[$(Entry { server_code: $server, code: $code, meaning: $meaning, hint: $hint, retryable: table!(@$retry), phase: Phase::$phase }),*]
    };
    (@retry) => { true };
    (@final) => { false };
}

/// Every code that is documented for the license and certificate endpoints, in the order of the numbers.
pub const TABLE: &[Entry] = table! {
    1002 "trial-limit-exceeded" "the trial's limit of licenses or users is exceeded" SITE final License;
    1003 "site-not-found" "the site id is not known" SITE_ID final License;
    1004 "site-stopped" "the site's service is stopped" SITE final License;
    1005 "trial-ended" "the trial period has ended" SITE final License;
    1006 "site-key-failed" "the site key could not be decrypted" SUPPORT final License;
    2001 "server-database" "the server's database could not be reached" LATER retry License;
    2701 "license-record-failed" "the license record could not be written" SUPPORT final License;
    2702 "failure-record-failed" "the record of the failed license could not be written" SUPPORT final License;
    7001 "content-not-found" "no packaging is known for this content id or key id" PACKAGE final License;
    7002 "usage-url-failed" "the usage information URL could not be made" SUPPORT final License;
    7003 "ncg-certificate" "the NCG certificate failed" SUPPORT final License;
    7006 "key-decrypt-failed" "the content key could not be decrypted" SUPPORT final License;
    7007 "custom-data-unreadable" "the custom data could not be parsed" TOKEN_FORM final CustomData;
    7008 "custom-data-undecryptable" "the custom data could not be decrypted" TOKEN_KEYS final CustomData;
    7009 "token-unreadable" "the token could not be parsed" TOKEN_FORM final CustomData;
    7010 "token-data-missing" "the token lacks data" TOKEN_FORM final CustomData;
    7011 "token-expired" "the token has expired or is not yet valid" TOKEN_TIME final CustomData;
    7012 "content-id-mismatch" "the content id does not match the token's" TOKEN_CID final CustomData;
    7013 "token-json-invalid" "the token is not valid JSON" TOKEN_FORM final CustomData;
    7016 "token-invalid" "the token is invalid" TOKEN_FORM final CustomData;
    7017 "token-history-failed" "the token's use could not be recorded" SUPPORT final License;
    7018 "token-drm-mismatch" "the token's DRM type is wrong" TOKEN_DRM final CustomData;
    7019 "token-hash-mismatch" "the token's hash does not match" TOKEN_KEYS final CustomData;
    7021 "token-drm-not-ncg" "the token's DRM type is not NCG" TOKEN_DRM final CustomData;
    7101 "widevine-request-failed" "the Widevine request could not be made" SUPPORT final License;
    7102 "widevine-license-failed" "the Widevine license could not be made" SUPPORT final License;
    7103 "widevine-server-unreachable" "the Widevine server could not be reached" LATER retry License;
    7104 "widevine-not-registered" "the site has no Widevine" SITE final License;
    7105 "widevine-device-unknown" "the Widevine device id was not found" CHALLENGE final License;
    7106 "widevine-certificate-failed" "the Widevine service certificate failed" SUPPORT final Certificate;
    7107 "widevine-challenge-invalid" "the Widevine challenge is invalid" CHALLENGE final License;
    7110 "device-revoked" "the device's certificate is revoked" DEVICE final License;
    7111 "widevine-answer-unreadable" "the Widevine proxy's answer could not be parsed" SUPPORT final License;
    7112 "widevine-pssh-invalid" "the Widevine PSSH is invalid" PACKAGE final InitData;
    7113 "widevine-certificate-file" "the Widevine server certificate file failed" SUPPORT final Certificate;
    7115 "device-revoked-permanently" "the device is revoked for good" DEVICE final License;
    7127 "content-not-drm" "the content is not known as DRM content" PACKAGE final License;
    7201 "playready-license-failed" "the PlayReady license could not be made" SUPPORT final License;
    7202 "playready-server-unreachable" "the PlayReady server could not be reached" LATER retry License;
    7203 "playready-request-failed" "the PlayReady request could not be made" SUPPORT final License;
    7204 "playready-request-unreadable" "the PlayReady request could not be read" CHALLENGE final License;
    7205 "playready-challenge-invalid" "the PlayReady request could not be parsed" CHALLENGE final License;
    7206 "playready-custom-data-missing" "the PlayReady request carries no custom data" CUSTOM_DATA final CustomData;
    7300 "fairplay-certificate-decrypt" "the FairPlay certificate could not be decrypted" FPS_SETUP final Certificate;
    7301 "fairplay-not-registered" "the site has no FairPlay" FPS_SETUP final Certificate;
    7302 "fairplay-key-not-found" "the FairPlay private key was not found" FPS_SETUP final Certificate;
    7303 "fairplay-key-invalid" "the FairPlay key does not fit the site" FPS_SETUP final Certificate;
    7304 "fairplay-license-failed" "the FairPlay license could not be made" SUPPORT final License;
    7305 "spc-missing" "the SPC is missing" SPC final License;
    7306 "fairplay-device-missing" "the FairPlay device id is missing" SPC final License;
    7308 "fairplay-asset-invalid" "the FairPlay asset id is invalid" PACKAGE final License;
    7315 "fairplay-certificate-file" "the FairPlay server certificate file failed" FPS_SETUP final Certificate;
    7316 "spc-undecryptable" "the SPC could not be decrypted" FPS_CERT final Certificate;
    7317 "spc-invalid" "the SPC is invalid" SPC final License;
    8002 "site-error" "the site's own callback refused the license" CALLBACK final License;
    8004 "nonce-invalid" "the nonce is invalid" CALLBACK final License;
    8006 "callback-xml-invalid" "the callback answered invalid XML" CALLBACK final License;
    8701 "callback-unreachable" "the callback URL could not be reached" CALLBACK retry License;
    8705 "callback-url-invalid" "the callback URL is invalid" CALLBACK final License;
    8706 "auth-data-undecryptable" "the callback's data could not be decrypted" TOKEN_KEYS final CustomData;
    8707 "policy-dates-invalid" "the start or end date is invalid" POLICY final CustomData;
    8708 "policy-date-form-invalid" "a date's form is invalid" POLICY final CustomData;
    8709 "policy-dates-reversed" "the start is not before the end" POLICY final CustomData;
    8710 "period-not-started" "the viewing period has not started" PERIOD final License;
    8711 "period-over" "the viewing period is over" PERIOD final License;
    8712 "policy-hdcp-invalid" "the HDCP setting is invalid" POLICY final CustomData;
    8715 "policy-cgms-invalid" "the CGMS-A setting is invalid" POLICY final CustomData;
    8716 "policy-aps-invalid" "the APS setting is invalid" POLICY final CustomData;
    9001 "parameter-missing" "a parameter of the request is missing" CUSTOM_DATA final CustomData;
    9999 "mode-unsupported" "the mode is not supported" CHALLENGE final License;
};

/// What is known of a code, which arrives as a text.
pub fn find(server_code: &str) -> Option<&'static Entry> {
    let number: u16 = server_code.parse().ok()?;
    TABLE.iter().find(|entry| entry.server_code == number)
}

/// The error that a JSON body tells of: `{"errorCode":"7011","message":"…"}`. `None` where it tells of none.
pub fn from_body(body: &Value, http_status: u16) -> Option<Error> {
    let server_code = one_line(body.field("errorCode")?);
    let text = body.field("message").unwrap_or("");
    let site_error = (server_code == "8002").then(|| site_error(text)).flatten();
    let entry = find(&server_code);
    let (code, hint) = entry
        .map_or(("server-error", "This version does not know the code: look it up in PallyCon's list of error codes."), |entry| {
            (entry.code, entry.hint)
        });
    let told = match &site_error {
        Some((code, message)) => ["the site answered ", code, ": ", message].concat(),
        None if text.trim().is_empty() => entry.map_or("no text was given", |entry| entry.meaning).into(),
        None => one_line(text),
    };
    let mut error =
        Error::new(code, entry.map_or(Phase::License, |entry| entry.phase), ["PallyCon ", &server_code, ": ", &told].concat(), hint);
    error.retryable = entry.is_some_and(|entry| entry.retryable);
    error.server = Some(Box::new(ServerError { code: server_code, message: one_line(text), site_error }));
    error.http_status = Some(http_status);
    Some(error)
}

/// 8002 nests a JSON text in its message: `{"ERROR":"code","MESSAGE":"text"}`.
fn site_error(message: &str) -> Option<(String, String)> {
    let inner = crate::json::parse(message)?;
    let code = inner.field("ERROR")?;
    Some((one_line(code), one_line(inner.field("MESSAGE").unwrap_or(""))))
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
        assert!(TABLE.windows(2).all(|pair| pair[0].server_code < pair[1].server_code));
        for (at, entry) in TABLE.iter().enumerate() {
            assert_eq!(TABLE.iter().position(|other| other.code == entry.code), Some(at), "{}", entry.code);
            assert!(entry.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", entry.code);
            assert!(entry.hint.ends_with('.') && !entry.meaning.ends_with('.'), "{}", entry.code);
        }
    }

    #[test]
    fn every_code_reads_as_text_and_as_number() {
        for entry in TABLE {
            let number = entry.server_code;
            for body in [
                format!(r#"{{"errorCode":"{number}","message":"text {number}"}}"#),
                format!(r#"{{"errorCode":{number},"message":"text {number}","body":""}}"#),
            ] {
                let error = read(&body).unwrap();
                assert_eq!(error.code, if number == 8002 { "site-error" } else { entry.code });
                assert_eq!((error.hint, error.retryable, error.phase), (entry.hint, entry.retryable, entry.phase));
                assert_eq!(error.message, format!("PallyCon {number}: text {number}"));
                assert_eq!(error.server.unwrap().code, number.to_string());
                assert_eq!(error.http_status, Some(200));
            }
        }
    }

    #[test]
    fn what_is_worth_a_retry_is_what_the_protocol_says() {
        let retryable: Vec<u16> = TABLE.iter().filter(|entry| entry.retryable).map(|entry| entry.server_code).collect();
        assert_eq!(retryable, [2001, 7103, 7202, 8701]);
    }

    #[test]
    fn an_unknown_code_passes_through() {
        let error = read(r#"{"errorCode":"12345","message":"something new"}"#).unwrap();
        assert_eq!((error.code, error.message.as_str()), ("server-error", "PallyCon 12345: something new"));
        assert_eq!(error.server.unwrap().code, "12345");
        let error = read(r#"{"errorCode":"E-7","message":null}"#).unwrap();
        assert_eq!((error.code, error.message.as_str()), ("server-error", "PallyCon E-7: no text was given"));
        assert!(!error.retryable);
    }

    #[test]
    fn the_site_s_own_error_is_taken_out_of_8002() {
        let error = read(r#"{"errorCode":"8002","message":"{\"ERROR\":\"C-17\",\"MESSAGE\":\"no subscription\"}"}"#).unwrap();
        assert_eq!(error.server.unwrap().site_error, Some(("C-17".into(), "no subscription".into())));
        assert_eq!(error.message, "PallyCon 8002: the site answered C-17: no subscription");
        let error = read(r#"{"errorCode":"8002","message":"plain"}"#).unwrap();
        assert_eq!((error.message.as_str(), error.server.unwrap().site_error), ("PallyCon 8002: plain", None));
    }

    #[test]
    fn a_message_is_one_line_and_never_repeats_a_token() {
        let token = "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8ifQ==";
        let error = read(&format!(r#"{{"errorCode":"7009","message":"bad\ntoken {token} in\u0007 header"}}"#)).unwrap();
        assert_eq!(error.message, "PallyCon 7009: bad token … in header");
        assert_eq!(error.server.unwrap().message, "bad token … in header");
        let error = read(r#"{"errorCode":"7009","message":""}"#).unwrap();
        assert_eq!(error.message, "PallyCon 7009: the token could not be parsed");
    }

    #[test]
    fn other_objects_are_not_errors() {
        for body in [r#"{"license":"00"}"#, "[]", r#"{"errorCode":null}"#, r#"{"errorCode":{}}"#, "7011"] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
