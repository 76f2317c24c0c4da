//! The door of the full module: all that the player module knows, and what takes more than the ordinary way.

use crate::custom_data::inspect::{self, Expected};
use crate::delivery::{retry, status};
use crate::error::Error;
use crate::init_data::{self, InitDataType, Options};
use crate::json::Writer;
use crate::license::request::{self, Carrier};
use crate::license::{certificate, response};
use crate::system::Drm;
use crate::text;
use crate::web::door::{Arguments, Results, drm, note_service_certificate_request, through, url, wait};
use wasm_bindgen::prelude::*;

/// Calls a function: `js/door.ts` has their numbers.
#[wasm_bindgen]
pub fn call(function: u8, input: &[u8]) -> Vec<u8> {
    through(input, |given, out| match everything(function, given, out) {
        Ok(false) => None,
        result => Some(result.map(drop)),
    })
}

/// Whether the function is one of this module. It has all but the player module's own 0.
fn everything(function: u8, given: &mut Arguments<'_>, out: &mut Results) -> Result<bool, Error> {
    match function {
        1 | 2 => url(function, given, out),
        3 => license_request(given, out)?,
        4 => read_license(given, out)?,
        5 => read_certificate(given, out)?,
        6 => {
            let policy = retry::Policy { attempts: given.number() as u32, base: given.number(), cap: given.number() };
            let (attempt, random, wish) = (given.number(), given.number(), given.text());
            wait(policy, attempt, random, retry::parse_retry_after(wish, given.number()), out);
        }
        32 => parse_init_data(given, out)?,
        // What a text stands for: a URI or JSON as itself, else hex, else base64.
        33 => out.add(&init_data::from_text(given.text())?),
        // Equal: one byte.
        34 if text::same_key_id(given.bytes(), given.bytes()) => out.add(&[1]),
        34 => {}
        // Hex with dashes, braces, in either case; nothing where it is none.
        35 => text::from_hex(given.text()).iter().for_each(|bytes| out.add(bytes)),
        36 => inspect_custom_data(given, out)?,
        37 => out.add(&request::playready_cdm_data(given.text())?),
        // Key id, status (empty: none): what is wrong, as the JSON of an error.
        38 => status::problem(given.text(), given.text()).iter().for_each(|error| out.add(error.to_json().as_bytes())),
        _ => return Ok(false),
    }
    Ok(true)
}

/// As the player module has it, whatever the message, the custom data and the carrier are.
fn license_request(given: &mut Arguments<'_>, out: &mut Results) -> Result<(), Error> {
    let (drm, message, individualization, url) = (drm(given), given.bytes(), given.flag(), given.text());
    let custom_data = Some(given.flag()).filter(|given| *given).and(Some(given.text()));
    let carrier = if given.flag() { Carrier::Url } else { Carrier::Header };
    let request = request::build(drm, message, individualization, url, custom_data, carrier)?;
    let mut headers = Writer::new();
    headers.object(|o| o.append(&request.headers));
    out.add(request.url.as_bytes());
    out.add(headers.finish().as_bytes());
    out.add(&request.body);
    note_service_certificate_request(drm, message, out);
    Ok(())
}

/// DRM, status, body: the license, and the details around it as JSON, where there are some.
fn read_license(given: &mut Arguments<'_>, out: &mut Results) -> Result<(), Error> {
    let license = response::read(drm(given), given.number() as u16, given.bytes())?;
    out.add(&license.data);
    license.details.iter().for_each(|details| out.add(details.to_json().as_bytes()));
    Ok(())
}

/// DRM, status, body: the certificate, and a warning as JSON, where there is one.
fn read_certificate(given: &mut Arguments<'_>, out: &mut Results) -> Result<(), Error> {
    let (bytes, warning) = certificate::read(drm(given), given.number() as u16, given.bytes())?;
    out.add(&bytes);
    if let Some(problem) = warning {
        let mut json = Writer::new();
        json.object(|o| problem.write(o));
        out.add(json.finish().as_bytes());
    }
    Ok(())
}

/// Init data, type (empty: to be detected), whether to be strict: JSON.
fn parse_init_data(given: &mut Arguments<'_>, out: &mut Results) -> Result<(), Error> {
    let (data, kind) = (given.bytes(), InitDataType::from_name(given.text()));
    let read = init_data::parse(data, Options { kind, strict: given.flag() })?;
    out.add(read.to_json().as_bytes());
    Ok(())
}

/// The value and what is expected of it: JSON. Numbers that are not given are NaN.
fn inspect_custom_data(given: &mut Arguments<'_>, out: &mut Results) -> Result<(), Error> {
    let some = |number: f64| Some(number).filter(|number| !number.is_nan());
    let value = given.text();
    let expected = Expected {
        now: some(given.number()),
        drm: Drm::from_name(given.text()),
        site_id: given.optional(),
        content_id: given.optional(),
        key_rotation: given.flag(),
        token_lifetime: some(given.number()),
        token_needed: given.flag(),
    };
    out.add(inspect::inspect(value, &expected)?.to_json().as_bytes());
    Ok(())
}
