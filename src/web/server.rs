//! The exports of the server module. Keys are passed as separate strings, which are wiped; everything else as objects.

use crate::cpix::{kms, request, response, views};
use crate::custom_data::account::Account;
use crate::custom_data::{auth_data, callback, token};
use crate::error::{Code, Error, Phase};
use crate::json::Value;
use crate::web::thrown;
use crate::web::value;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

fn account(site_id: &str, site_key: String, access_key: Option<String>) -> Result<Account, JsValue> {
    Account::new(site_id, Zeroizing::new(site_key), access_key.map(Zeroizing::new)).map_err(thrown)
}

fn input(options: JsValue) -> Result<Value, JsValue> {
    value::from_js(options).map_err(|error| thrown(error.during(Phase::Server)))
}

fn output(value: Result<Value, Error>) -> Result<JsValue, JsValue> {
    value::to_js(&value.map_err(thrown)?).ok_or_else(|| thrown(Error::new(Code::Internal).during(Phase::Server)))
}

/// Issues a license token. `now` is in milliseconds.
#[wasm_bindgen(js_name = createLicenseToken)]
pub fn create_license_token(
    site_id: &str,
    site_key: String,
    access_key: Option<String>,
    options: JsValue,
    now: f64,
) -> Result<String, JsValue> {
    token::create(&account(site_id, site_key, access_key)?, &input(options)?, now as i64).map_err(thrown)
}

/// Verifies and decrypts a license token.
#[wasm_bindgen(js_name = openLicenseToken)]
pub fn open_license_token(site_id: &str, site_key: String, access_key: Option<String>, value: &str) -> Result<JsValue, JsValue> {
    output(token::open(&account(site_id, site_key, access_key)?, value))
}

/// Checks a page's request to a token backend. Returns the DRM in a token's spelling, or none if the backend has a
/// list.
#[wasm_bindgen(js_name = checkTokenRequest)]
pub fn check_token_request(parameters: JsValue, has_list: bool) -> Result<Option<String>, JsValue> {
    token::check_request(&input(parameters)?, has_list).map(|drm| drm.map(String::from)).map_err(thrown)
}

/// Creates callback auth data.
#[wasm_bindgen(js_name = createAuthData)]
pub fn create_auth_data(site_id: &str, site_key: String, options: JsValue) -> Result<String, JsValue> {
    auth_data::create(&account(site_id, site_key, None)?, &input(options)?).map_err(thrown)
}

/// Decrypts callback auth data.
#[wasm_bindgen(js_name = openAuthData)]
pub fn open_auth_data(site_id: &str, site_key: String, value: &str) -> Result<JsValue, JsValue> {
    output(auth_data::open(&account(site_id, site_key, None)?, value))
}

/// Decrypts PallyCon's request to a site's callback page.
#[wasm_bindgen(js_name = openCallbackRequest)]
pub fn open_callback_request(site_id: &str, site_key: String, data: &str) -> Result<JsValue, JsValue> {
    output(callback::open(&account(site_id, site_key, None)?, data))
}

/// Encrypts a callback page's response. `now` is in milliseconds.
#[wasm_bindgen(js_name = sealCallbackAnswer)]
pub fn seal_callback_answer(site_id: &str, site_key: String, answer: JsValue, nonce: &str, now: f64) -> Result<String, JsValue> {
    callback::respond(&account(site_id, site_key, None)?, &input(answer)?, nonce, now as i64).map_err(thrown)
}

/// The URL of a key server.
#[wasm_bindgen(js_name = kmsUrl)]
pub fn kms_url(options: JsValue) -> Result<String, JsValue> {
    kms::url(&input(options)?).map_err(thrown)
}

/// Writes a CPIX request.
#[wasm_bindgen(js_name = buildCpixRequest)]
pub fn build_cpix_request(options: JsValue) -> Result<String, JsValue> {
    request::build(&input(options)?).map_err(thrown)
}

/// Reads a CPIX request.
#[wasm_bindgen(js_name = parseCpixRequest)]
pub fn parse_cpix_request(xml: &[u8]) -> Result<JsValue, JsValue> {
    output(request::read_bytes(xml))
}

/// Refuses a request that the key server at this URL cannot fulfill.
#[wasm_bindgen(js_name = checkCpixRequest)]
pub fn check_cpix_request(url: &str, xml: &str) -> Result<(), JsValue> {
    request::check_for(url, xml).map_err(thrown)
}

/// Whether the key server at this URL expects a GET request, without a body.
#[wasm_bindgen(js_name = kmsTakesGet)]
pub fn kms_takes_get(url: &str) -> bool {
    kms::Service::from_url(url) == Some(kms::Service::Ateme)
}

/// Reads a key server's response: pack info.
#[wasm_bindgen(js_name = readKmsResponse)]
pub fn read_kms_response(status: u16, body: &[u8]) -> Result<JsValue, JsValue> {
    output(response::read(status, body).map(|pack| pack.to_value()))
}

/// The settings of a packager, from pack info.
#[wasm_bindgen(js_name = cpixView)]
pub fn cpix_view(name: &str, pack: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    output(views::make(name, &input(pack)?, &input(options)?))
}

/// The list of packagers, with the options of each.
#[wasm_bindgen(js_name = cpixViews)]
pub fn cpix_views() -> Result<JsValue, JsValue> {
    output(Ok(views::list()))
}
