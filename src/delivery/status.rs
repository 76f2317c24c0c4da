//! Key statuses (W3C EME, 6.1.1 `MediaKeyStatus`): which of them play, and what the others mean for a person.

use crate::error::{Code, Problem, Reason};
use crate::text;

/// Reads `keyid:status keyid:status`, ids in hex. Ids come out as `wanted` has them: some devices report PlayReady's in
/// GUID byte order (EdgeHTML, Xbox and TVs; reported 2016 to 2025).
pub fn parse(statuses: &str, wanted: &[String]) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (id, status) = part.split_once(':')?;
        let turned = text::from_hex(id)?.try_into().ok().map(|id| text::hex(&text::swap_guid(id)));
        let turned = turned.filter(|turned| wanted.contains(turned) && !wanted.iter().any(|own| own == id));
        Some((turned.unwrap_or_else(|| id.into()), String::from(status)))
    };
    statuses.split(' ').filter_map(pair).collect()
}

/// Whether a key of this status decrypts.
pub fn is_usable(status: &str) -> bool {
    matches!(status, "usable" | "output-downscaled")
}

/// What is wrong with a key of this status.
pub fn failure(status: &str) -> Option<Code> {
    Some(match status {
        "output-restricted" => Code::OutputRestricted,
        "expired" => Code::KeyExpired,
        "internal-error" => Code::KeyUnusable,
        _ => return None,
    })
}

/// The same for who only looks on: players that keep their sessions to themselves. An empty status: no license has brought the key.
pub fn problem(key_id: &str, status: &str) -> Option<Problem> {
    let (code, reason) = match status {
        "" => (Code::KeyMissing, Some(Reason::KeyNotBrought)),
        "released" => (Code::KeyReleased, None),
        _ => (failure(status)?, None),
    };
    Some(Problem { code, reason, parameters: vec![text::owned(key_id)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_out_as_the_init_data_have_them() {
        let wanted = [String::from("000102030405060708090a0b0c0d0e0f"), String::from("0a0b")];
        let read =
            parse("03020100050407060 030201000504070608090a0b0c0d0e0f:usable 000102030405060708090a0b0c0d0e0f:expired 0b0a:x :y", &wanted);
        let expected = [(&wanted[0][..], "usable"), (&wanted[0], "expired"), ("0b0a", "x"), ("", "y")];
        assert_eq!(read.iter().map(|(id, status)| (&id[..], &status[..])).collect::<Vec<_>>(), expected);
        assert!(parse("", &wanted).is_empty());
    }

    #[test]
    fn what_plays_and_what_is_told() {
        for status in ["usable", "output-downscaled", "status-pending", "usable-in-future", "released", "new-in-2030"] {
            assert_eq!(failure("ab", status), None, "{status}");
        }
        assert!(is_usable("usable") && is_usable("output-downscaled") && !is_usable("status-pending"));
        for (status, code) in [("output-restricted", "output-restricted"), ("expired", "key-expired"), ("internal-error", "key-unusable")] {
            let error = failure("ab", status).unwrap();
            assert_eq!((error.code, error.phase, error.retryable), (code, Phase::Session, false));
            assert!(error.message.contains("key ab "), "{}", error.message);
            assert_eq!(problem("ab", status), Some(error));
        }
    }

    #[test]
    fn who_looks_on_is_told_of_keys_that_are_gone_or_never_came() {
        for (status, code, what) in [("", "key-missing", "the key ab."), ("released", "key-released", "The key ab ")] {
            let error = problem("ab", status).unwrap();
            assert_eq!((error.code, error.message.contains(what)), (code, true), "{}", error.message);
        }
        assert_eq!(problem("ab", "usable"), None);
    }
}
