//! The CHECKSUM of a PlayReady header, by which a player detects a key that is not the content's.
//!
//! For AESCTR it is the first eight bytes of AES-128-ECB(key, key id in GUID order) (Microsoft, "PlayReady Header
//! Specification", 4.3 "Key Checksum Algorithm"). It needs the content key, so it is only in the feature
//! `server`. AESCBC keys have none.

use crate::text::{swap_guid, to_base64};
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

/// The checksum, in base64 as a header has it. `key_id` is in CENC's byte order.
pub fn playready_checksum(key: &[u8; 16], key_id: [u8; 16]) -> String {
    let mut block = swap_guid(key_id).into();
    Aes128::new(key.into()).encrypt_block(&mut block);
    let [a, b, c, d, e, f, g, h, ..]: [u8; 16] = block.into();
    to_base64(&[a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::from_hex;

    #[test]
    fn matches_openssl() {
        // openssl enc -aes-128-ecb -K 166634c6… -nopad, given 0d05b49e4be40248932e27d75083e266
        let key = from_hex("166634c675823c235a4a9446fad52e4d").unwrap().try_into().unwrap();
        let key_id = from_hex("9eb4050de44b4802932e27d75083e266").unwrap().try_into().unwrap();
        assert_eq!(playready_checksum(&key, key_id), "Li2mIbro9Kc=");
    }
}
