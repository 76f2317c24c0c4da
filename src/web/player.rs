//! The door of the module that every viewer loads: see [`crate::ordinary`].

use crate::delivery::retry;
use crate::init_data::InitDataType;
use crate::ordinary;
use crate::web::door::{Arguments, Results, drm, note_service_certificate_request, through, url, wait};
use wasm_bindgen::prelude::*;

/// Calls a function: `js/door.ts` has their numbers.
#[wasm_bindgen]
pub fn call(function: u8, input: &[u8]) -> Vec<u8> {
    through(input, |given, out| simple(function, given, out).map(Ok))
}

/// The functions that this module has. `None` where it takes the full one.
fn simple(function: u8, given: &mut Arguments<'_>, out: &mut Results) -> Option<()> {
    match function {
        0 => identify(given, out)?,
        1 | 2 => url(function, given, out),
        3 => license_request(given, out)?,
        4 => {
            let (drm, status, body) = (drm(given), given.number(), given.bytes());
            out.add(&ordinary::license(drm, body).filter(|_| status == 200.0)?);
        }
        5 => {
            let (drm, status, body) = (drm(given), given.number(), given.bytes());
            out.add(&ordinary::certificate(drm, body).filter(|_| status == 200.0)?);
        }
        6 => {
            let (attempts, base, cap) = (given.number(), given.number(), given.number());
            let (attempt, random, wish) = (given.number(), given.number(), given.text());
            let wish = if wish.is_empty() { None } else { Some(f64::from(crate::text::number(wish, 10)?) * 1000.0) };
            wait(retry::Policy { attempts: attempts as u32, base, cap }, attempt, random, wish, out);
        }
        _ => return None,
    }
    Some(())
}

/// Type, init data: content id, key period (u32le, or nothing), key ids.
fn identify(given: &mut Arguments<'_>, out: &mut Results) -> Option<()> {
    let read = ordinary::identify(InitDataType::from_name(given.text()), given.bytes())?;
    out.add(read.content_id.as_deref().unwrap_or_default().as_bytes());
    match read.key_period_index {
        Some(index) => out.add(&index.to_le_bytes()),
        None => out.add(&[]),
    }
    read.key_ids.iter().for_each(|id| out.add(id));
    Some(())
}

/// DRM, message, whether it is for individualization, URL, whether there is custom data, custom data, whether that goes into the
/// URL: URL, headers as a JSON object, body, and one byte for a service certificate request.
fn license_request(given: &mut Arguments<'_>, out: &mut Results) -> Option<()> {
    let (drm, message, individualization, url) = (drm(given), given.bytes(), given.flag(), given.text());
    let custom_data = Some(given.flag()).filter(|given| *given).and(Some(given.text()));
    let request = ordinary::request(drm, message, url, custom_data, given.flag()).filter(|_| !individualization)?;
    out.add(request.url.as_bytes());
    out.add(request.headers.as_bytes());
    out.add(&request.body);
    note_service_certificate_request(drm, message, out);
    Some(())
}
