//! Key statuses (W3C EME, 6.1.1 `MediaKeyStatus`): which of them can play, and the errors for the others.

use super::command::KeyStatus;
use crate::error::{Code, Problem, Reason};
use crate::text;

/// The same statuses, with key ids as they were requested: some devices report PlayReady's in GUID byte order
/// (EdgeHTML, Xbox and TVs; reported 2016 to 2025).
pub fn with_requested_ids(statuses: &[KeyStatus], requested: &[String]) -> Vec<KeyStatus> {
    let id = |id: &String| {
        let swapped = text::key_id(id).map(|id| text::hex(&text::swap_guid(id)));
        swapped.filter(|swapped| requested.contains(swapped) && !requested.contains(id)).unwrap_or_else(|| id.clone())
    };
    statuses.iter().map(|KeyStatus { key_id, status }| KeyStatus { key_id: id(key_id), status: status.clone() }).collect()
}

/// Whether a key with this status decrypts.
pub fn is_usable(status: &str) -> bool {
    matches!(status, "usable" | "output-downscaled")
}

/// The error for a key with this status.
pub fn failure(status: &str) -> Option<Code> {
    Some(match status {
        "output-restricted" => Code::OutputRestricted,
        "expired" => Code::KeyExpired,
        "internal-error" => Code::KeyUnusable,
        _ => return None,
    })
}

/// The same for observers of a player that manages its own sessions. An empty status: no license contains the key.
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
    use crate::error::{Error, Phase};

    #[test]
    fn key_ids_are_reported_as_in_the_init_data() {
        let requested = [String::from("000102030405060708090a0b0c0d0e0f"), String::from("0a0b")];
        let read = |pairs: &[(&str, &str)]| {
            let statuses: Vec<_> = pairs.iter().map(|(id, status)| KeyStatus { key_id: (*id).into(), status: (*status).into() }).collect();
            let read = with_requested_ids(&statuses, &requested).into_iter();
            read.map(|KeyStatus { key_id, status }| (key_id, status)).collect::<Vec<_>>()
        };
        let swapped = "030201000504070608090a0b0c0d0e0f";
        let expected = [(&requested[0][..], "usable"), (&requested[0], "expired"), ("0b0a", "x"), ("", "y")];
        let statuses = [(swapped, "usable"), (&requested[0], "expired"), ("0b0a", "x"), ("", "y")];
        assert_eq!(read(&statuses), expected.map(|(id, status)| (id.into(), status.into())));
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn statuses_are_usable_or_errors() {
        for status in ["usable", "output-downscaled", "status-pending", "usable-in-future", "released", "new-in-2030"] {
            assert_eq!(failure(status), None, "{status}");
        }
        assert!(is_usable("usable") && is_usable("output-downscaled") && !is_usable("status-pending"));
        for (status, code) in [("output-restricted", "output-restricted"), ("expired", "key-expired"), ("internal-error", "key-unusable")] {
            let error = Error::new(failure(status).unwrap()).with("ab");
            assert_eq!((error.code.as_str(), error.phase, error.retryable), (code, Phase::Session, false));
            assert!(error.message().contains("key ab "), "{}", error.message());
            let problem = problem("ab", status).unwrap();
            assert_eq!((problem.code, problem.message(), problem.hint()), (error.code, error.message(), error.hint()));
        }
    }

    #[test]
    fn observers_learn_about_released_and_missing_keys() {
        for (status, code, what) in [("", "key-missing", "the key ab."), ("released", "key-released", "The key ab ")] {
            let problem = problem("ab", status).unwrap();
            assert_eq!((problem.code.as_str(), problem.message().contains(what)), (code, true), "{}", problem.message());
        }
        assert_eq!(problem("ab", "usable"), None);
    }
}
