//! Reads a PSSH box, or any other init data, and prints which DRM it is for and which keys it names.
//!
//! ```sh
//! cargo run --example parse_pssh -- AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEEtLS0tLS0tLS0tLS0tLS0siBGZpbG0=
//! ```

use pallycon_drm::error::Error;
use pallycon_drm::init_data::{self, Options, Payload};
use pallycon_drm::{system, text};
use std::process::ExitCode;

/// A Widevine box with one key id and the content id "film".
const SAMPLE: &str = "AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEEtLS0tLS0tLS0tLS0tLS0siBGZpbG0=";

/// One line for each fact; `input` is hex, base64, a URI or JSON.
fn describe(input: &str) -> Result<Vec<String>, Error> {
    let bytes = init_data::from_text(input)?;
    let read = init_data::parse(&bytes, Options::default())?;
    let mut lines = Vec::new();
    for pssh in &read.boxes {
        lines.push(format!("box: {}", system::name(&pssh.header.system_id).unwrap_or("unknown system")));
        match &pssh.payload {
            Some(Payload::Widevine(widevine)) => lines.extend(widevine.provider.iter().map(|provider| format!("provider: {provider}"))),
            Some(Payload::PlayReady(object)) => lines.extend(object.license_url.iter().map(|url| format!("license URL: {url}"))),
            _ => {}
        }
    }
    lines.extend(read.key_ids.iter().map(|id| format!("key id: {}", text::hex(id))));
    lines.extend(read.content_id.iter().map(|id| format!("content id: {id}")));
    Ok(lines)
}

fn main() -> ExitCode {
    let input = std::env::args().nth(1).unwrap_or_else(|| SAMPLE.to_string());
    match describe(&input) {
        Ok(lines) => {
            println!("{}", lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{} ({})\n{}", error.message(), error.code.as_str(), error.hint());
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_sample() {
        let key_id = "4b".repeat(16);
        assert_eq!(describe(SAMPLE).unwrap(), ["box: Widevine", &format!("key id: {key_id}"), "content id: film"]);
    }

    #[test]
    fn text_without_init_data_is_refused() {
        assert_eq!(describe("what is this?").unwrap_err().code.as_str(), "init-data-invalid");
    }
}
