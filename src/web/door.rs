//! The one door between JavaScript and the modules of the main entry. A function goes by its number; what it takes and gives
//! are parts, one behind the other:
//!
//! ```text
//! in    part*                           part   length:u32le  bytes
//! out   0  part*                        results
//!       1  the JSON of an error         crate::error::Error
//!       2                               the full module knows, this one does not
//! ```
//! Texts are UTF-8, numbers 64-bit floats (little-endian), flags one byte or none.
//!
//! With an export for each function every viewer would load glue for each, which is larger than what most of them do.

use crate::bytes::Reader;
use crate::delivery::retry;
use crate::error::Error;
use crate::license::{request, widevine};
use crate::system::Drm;

/// What a function is given.
#[derive(Debug)]
pub struct Arguments<'a>(Reader<'a>);

impl<'a> Arguments<'a> {
    /// The next part.
    #[inline(never)]
    pub fn bytes(&mut self) -> &'a [u8] {
        let size = self.0.le32();
        self.0.get(size as usize)
    }

    /// The next part as text.
    #[inline(never)]
    pub fn text(&mut self) -> &'a str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The next part as text; what is empty is not given.
    pub fn optional(&mut self) -> Option<&'a str> {
        Some(self.text()).filter(|text| !text.is_empty())
    }

    /// The next part as a number.
    #[inline(never)]
    pub fn number(&mut self) -> f64 {
        f64::from_le_bytes(self.bytes().try_into().unwrap_or_default())
    }

    /// The next part as a flag.
    pub fn flag(&mut self) -> bool {
        !self.bytes().is_empty()
    }
}

/// What a function gives.
#[derive(Debug)]
pub struct Results(Vec<u8>);

impl Results {
    /// One result more.
    #[inline(never)]
    pub fn add(&mut self, part: &[u8]) {
        self.0.extend_from_slice(&(part.len() as u32).to_le_bytes());
        self.0.extend_from_slice(part);
    }
}

/// Calls a function that adds to its results, or says why there are none; `None` where it is not known.
pub fn through(input: &[u8], function: impl FnOnce(&mut Arguments<'_>, &mut Results) -> Option<Result<(), Error>>) -> Vec<u8> {
    let mut results = Results(vec![0]);
    match function(&mut Arguments(Reader::new(input)), &mut results) {
        Some(Ok(())) => results.0,
        Some(Err(error)) => [&[1], error.to_json().as_bytes()].concat(),
        _ => vec![2],
    }
}

/// The TypeScript in front passes its own literals only; what is none of them is treated as Widevine, the plainest.
pub(super) fn drm(given: &mut Arguments<'_>) -> Drm {
    Drm::from_name(given.text()).unwrap_or(Drm::Widevine)
}

/// Where licenses (1) and certificates (2) come from.
pub(super) fn url(function: u8, given: &mut Arguments<'_>, out: &mut Results) {
    let (host, drm, site_id) = (given.optional().unwrap_or(request::DEFAULT_HOST), drm(given), given.optional());
    let url = if function == 1 {
        request::license_url(host, drm, site_id, given.optional())
    } else {
        request::certificate_url(host, drm, site_id.unwrap_or_default())
    };
    out.add(url.as_bytes());
}

/// Milliseconds, or nothing at all: give up. `attempts` is as many as there are numbers, where it is Infinity.
pub(super) fn wait(policy: retry::Policy, attempt: f64, random: f64, wish: Option<f64>, out: &mut Results) {
    if let Some(wait) = retry::wait(policy, attempt as u32, random, wish) {
        out.add(&wait.to_le_bytes());
    }
}

/// One byte where no license will come of the message.
pub(super) fn note_service_certificate_request(drm: Drm, message: &[u8], out: &mut Results) {
    if drm == Drm::Widevine && widevine::is_service_certificate_request(message) {
        out.add(&[1]);
    }
}
