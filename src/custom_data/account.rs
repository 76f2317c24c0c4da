//! A site's account at PallyCon, and the two uses of its keys (`docs/protocol.md`, "License token").
//!
//! ```text
//! sealed = base64( AES-256-CBC( text ) )    key: the 32 characters of the site key as ASCII, not decoded
//!                                           IV:  "0123456789abcdef" as ASCII, for everyone and always; PKCS#7
//! hash   = base64( SHA-256( access key + drm_type + site_id + user_id + cid + policy + timestamp ) )
//! ```

use crate::error::{Code, Error, Reason};
use crate::text;
use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const IV: [u8; 16] = *b"0123456789abcdef";

/// A site's id and keys. The keys are wiped from memory when it is dropped, and never printed.
pub struct Account {
    site_id: String,
    site_key: Zeroizing<[u8; 32]>,
    access_key: Option<Zeroizing<String>>,
}

impl core::fmt::Debug for Account {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Account").field("site_id", &self.site_id).finish_non_exhaustive()
    }
}

impl Account {
    /// An account, its parts checked. The access key is needed for license tokens, not for auth data.
    pub fn new(site_id: &str, site_key: Zeroizing<String>, access_key: Option<Zeroizing<String>>) -> Result<Self, Error> {
        let refuse = |reason| Err(Error::because(Code::AccountInvalid, reason));
        if site_id.len() != 4 || !site_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return refuse(Reason::AccountSiteId);
        }
        let Ok(key) = <[u8; 32]>::try_from(site_key.as_bytes()) else {
            return refuse(Reason::AccountSiteKeyLength);
        };
        let site_key = Zeroizing::new(key);
        if !site_key.iter().all(u8::is_ascii_graphic) {
            return refuse(Reason::AccountSiteKeyCharacters);
        }
        if access_key.as_ref().is_some_and(|key| key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return refuse(Reason::AccountAccessKey);
        }
        Ok(Self { site_id: site_id.into(), site_key, access_key })
    }

    /// The 4-character site id.
    pub fn site_id(&self) -> &str {
        &self.site_id
    }

    /// Encrypts text that only PallyCon may read.
    pub fn seal(&self, text: &str) -> String {
        let cipher = cbc::Encryptor::<Aes256>::new(&(*self.site_key).into(), &IV.into());
        text::to_base64(&cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes()))
    }

    /// Decrypts the output of [`Account::seal`]. `None` if the text is anything else, or was encrypted with another
    /// key.
    pub fn open(&self, sealed: &str) -> Option<Zeroizing<String>> {
        let bytes = text::from_base64(sealed)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&(*self.site_key).into(), &IV.into());
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&bytes).ok()?;
        String::from_utf8(plain).ok().map(Zeroizing::new)
    }

    /// The hash over a token's parts, in the order of the protocol.
    pub fn hash(&self, parts: &[&str]) -> Result<[u8; 32], Error> {
        let Some(access_key) = &self.access_key else {
            return Err(Error::because(Code::AccountInvalid, Reason::AccountNoAccessKey));
        };
        let mut digest = Sha256::new();
        digest.update(access_key.as_bytes());
        for part in parts {
            digest.update(part.as_bytes());
        }
        Ok(digest.finalize().into())
    }

    /// Whether a hash is the hash of these parts. Takes the same time wherever the two differ.
    pub fn hash_matches(&self, parts: &[&str], given: &str) -> Result<bool, Error> {
        let expected = self.hash(parts)?;
        Ok(text::from_base64(given).is_some_and(|given| bool::from(given.as_slice().ct_eq(&expected))))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The account of the published tutorial, whose keys are public.
    pub(crate) fn tutorial() -> Account {
        account("TUTO", "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC", Some("LT2FVJDp2Xr018zf4Di6lzvNOv3DKP20")).unwrap()
    }

    fn account(site_id: &str, site_key: &str, access_key: Option<&str>) -> Result<Account, Error> {
        Account::new(site_id, Zeroizing::new(site_key.into()), access_key.map(|key| Zeroizing::new(key.into())))
    }

    /// K1, K5 and K6 of the protocol page.
    const SEALED: [(&str, &str); 3] = [
        (
            r#"{"playback_policy":{"limit":true,"persistent":false,"duration":3600}}"#,
            "bO9DzyQgtgfbSDWmqGgZXWZdWm7M4oZ4X0hC1hS6QNraiwLI0LwmNY+OfOh1L0KmtuH7NF1blUxep9YLWrNfSy4H/6swQW7pbjZnRqRguDQ=",
        ),
        (r#"{"user_id":"test", "cid":"test cid"}"#, "Mvyd8gScuNFS4RLDyHBfc+gyRzlMcu1th909gC3nMSVsuMtcDmcLoy5xjLzW1lYO"),
        (
            r#"{"policy_version":2,"playback_policy":{"persistent":false,"license_duration":3600}}"#,
            "sX7DEMZ1S2xaMoIt76m+yDwylZRVJ2Gzs2I1b0+mzL0X9FcJ43aAloqI5noG2iyCdxCNKsSBE5OrTJyq40pxt2RCkTT0BoMjtdssk+thamOyJsZzmOJ2s3fVVuvz2z01",
        ),
    ];

    #[test]
    fn encrypts_and_decrypts_the_known_answers() {
        for (plain, sealed) in SEALED {
            assert_eq!(tutorial().seal(plain), sealed);
            assert_eq!(tutorial().open(sealed).unwrap().as_str(), plain);
        }
    }

    #[test]
    fn hashes_the_known_answers() {
        // K2 over K1, and the same fields over K6.
        for ((_, sealed), hash) in
            [(SEALED[0], "0Zef3WHBbzQAR0oGf5KXn25G1TmvB2Bkvzv+7OqIWvQ="), (SEALED[2], "HaDM1POIGN+siARLgncSB7y366lB/xnkKAoGEER+Mts=")]
        {
            let parts = ["Widevine", "TUTO", "test-user", "bigbuckbunny", sealed, "2019-07-17T08:57:04Z"];
            assert_eq!(text::to_base64(&tutorial().hash(&parts).unwrap()), hash);
            assert!(tutorial().hash_matches(&parts, hash).unwrap());
            assert!(!tutorial().hash_matches(&parts, "HaDM1POIGN+siARLgncSB7y366lB/xnkKAoGEER+Mtw=").unwrap());
            assert!(!tutorial().hash_matches(&parts, "").unwrap());
        }
    }

    #[test]
    fn another_key_decrypts_nothing() {
        let other = account("TUTO", "00000000000000000000000000000000", None).unwrap();
        assert!(other.open(SEALED[0].1).is_none());
        for damaged in ["", "AAAA", "not base64!", &SEALED[0].1[..40]] {
            assert!(tutorial().open(damaged).is_none(), "{damaged}");
        }
    }

    #[test]
    fn rejects_decoded_and_truncated_keys() {
        let key = "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC";
        for (site_id, site_key, access_key) in [
            ("TUT", key, None),
            ("TU O", key, None),
            ("TUTO", &key[..31], None),
            ("TUTO", "lU5D8s3PWoLls3PWFWkClULlFWk5D8\u{e9}", None),
            ("TUTO", "lU5D8s3PWoLls3PWFWkClULlFWk5D8o\n", None),
            ("TUTO", key, Some("")),
            ("TUTO", key, Some("LT2F VJ")),
        ] {
            let error = account(site_id, site_key, access_key).unwrap_err();
            assert_eq!(error.code, Code::AccountInvalid);
            assert!(!error.message().contains("lU5D"), "{}", error.message());
        }
    }

    #[test]
    fn a_token_needs_the_access_key() {
        let without = account("TUTO", "lU5D8s3PWoLls3PWFWkClULlFWk5D8oC", None).unwrap();
        assert_eq!(without.hash(&[]).unwrap_err().code, Code::AccountInvalid);
    }

    #[test]
    fn debug_output_contains_no_key() {
        assert_eq!(format!("{:?}", tutorial()), "Account { site_id: \"TUTO\", .. }");
    }
}
