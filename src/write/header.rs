//! A PlayReady header built from its fields, in the order and spelling of Microsoft's tools.

use super::{Fields, invalid};
use crate::error::{Error, Reason};
use crate::init_data::PlayReadyObject;
use crate::init_data::collect::PlayReadyKey;
use crate::init_data::playready::TEXTS;
use crate::text::{decimal, key_id, swap_guid, to_base64};
use crate::xml::{Event, Reader, escape};
use std::borrow::Cow;

/// A key that a header names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// In the byte order of CENC.
    pub key_id: [u8; 16],
    /// `AESCTR`, `AESCBC`, `COCKTAIL`.
    pub algorithm: Option<String>,
    /// Base64, as written.
    pub checksum: Option<String>,
}

impl Key {
    fn of(fields: Fields<'_>) -> Result<Self, Error> {
        let id = fields.text("keyId")?.and_then(key_id).ok_or_else(|| invalid(Reason::WritePlayreadyKeyId))?;
        let text = |name| Ok::<_, Error>(fields.text(name)?.map(String::from));
        Ok(Key { key_id: id, algorithm: text("algorithm")?, checksum: text("checksum")? })
    }
}

/// The fields of the header.
#[derive(Debug, Default)]
pub struct Wanted {
    /// `4.0.0.0` to `4.3.0.0`; if absent, the first that can represent the fields.
    pub version: Option<String>,
    /// Its keys.
    pub keys: Vec<Key>,
    /// In the order of `TEXTS`.
    pub texts: [Option<String>; 5],
}

impl Wanted {
    /// From the fields of the public type.
    pub fn of(fields: Fields<'_>) -> Result<Self, Error> {
        let mut wanted = Wanted { version: fields.text("version")?.map(String::from), ..Wanted::default() };
        wanted.keys = fields.items("keys")?.iter().map(|value| Key::of(Fields(value))).collect::<Result<_, _>>()?;
        for ((.., name), slot) in TEXTS.iter().zip(&mut wanted.texts) {
            *slot = fields.text(name)?.map(String::from);
        }
        Ok(wanted)
    }

    /// The fields that a header already has.
    pub fn now(header: PlayReadyObject<'_>) -> Result<Self, Error> {
        let own = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        let key = |key: PlayReadyKey<'_>| {
            let id = <[u8; 16]>::try_from(&key.key_id[..]).map_err(|_| invalid(Reason::WritePlayreadyKeyId))?;
            Ok::<_, Error>(Key { key_id: id, algorithm: own(key.algorithm), checksum: own(key.checksum) })
        };
        let PlayReadyObject { license_url, license_ui_url, domain_service_id, decryptor_setup, custom_attributes, .. } = header;
        Ok(Self {
            version: own(header.version),
            keys: header.keys.into_iter().map(key).collect::<Result<_, _>>()?,
            texts: [license_url, license_ui_url, domain_service_id, decryptor_setup, custom_attributes].map(own),
        })
    }

    /// Whether it has no fields at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.texts.iter().all(Option::is_none)
    }
}

/// The content of CUSTOMATTRIBUTES: the given text with the key period replaced or added.
pub fn custom_attributes(given: Option<String>, period: Option<u32>) -> Result<Option<String>, Error> {
    let Some(period) = period.map(|period| decimal(u64::from(period))) else { return Ok(given) };
    let given = given.unwrap_or_default();
    let wrapped = ["<C>", &given, "</C>"].concat();
    let mut reader = Reader::new(&wrapped);
    let broken = |_| invalid(Reason::WriteCustomAttributes);
    while let Some(event) = reader.event().map_err(broken)? {
        if matches!(event, Event::Start(element) if element.name == "PERIOD_INDEX") && reader.depth() == 2 {
            let start = reader.end();
            let old = reader.text().map_err(broken)?;
            let (before, after) = (wrapped.get(3..start), wrapped.get(reader.offset()..wrapped.len().saturating_sub(4)));
            let same = old.trim().parse() == Ok(period.parse::<u32>().unwrap_or_default());
            return Ok(Some(if same { given } else { [before.unwrap_or_default(), &period, after.unwrap_or_default()].concat() }));
        }
    }
    Ok(Some([&given, "<PERIOD_INDEX>", &period, "</PERIOD_INDEX>"].concat()))
}

/// One KID element of versions 4.1 to 4.3.
pub fn kid_element(name: &str, key: &Key) -> String {
    let attribute = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| [" ", name, "=\"", &escape(value), "\""].concat()).unwrap_or_default()
    };
    let (algorithm, checksum) = (attribute("ALGID", &key.algorithm), attribute("CHECKSUM", &key.checksum));
    ["<", name, &algorithm, &checksum, " VALUE=\"", &guid(key), "\"></", name, ">"].concat()
}

/// A key id in PlayReady's order and base64.
pub fn guid(key: &Key) -> String {
    to_base64(&swap_guid(key.key_id))
}

/// The header, written from its fields alone.
pub fn canonical(wanted: &Wanted) -> Result<String, Error> {
    let cbc = wanted.keys.iter().any(|key| key.algorithm.as_deref() == Some("AESCBC"));
    let version = match wanted.version.as_deref() {
        Some(version) => version,
        None if cbc => "4.3.0.0",
        None if wanted.keys.len() > 1 => "4.2.0.0",
        None => "4.0.0.0",
    };
    if !matches!(version, "4.0.0.0" | "4.1.0.0" | "4.2.0.0" | "4.3.0.0") {
        return Err(invalid(Reason::WriteHeaderVersion));
    }
    if cbc && version != "4.3.0.0" {
        return Err(invalid(Reason::WriteHeaderAescbc));
    }
    let mut out =
        ["<WRMHEADER xmlns=\"http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader\" version=\"", version, "\"><DATA>"].concat();
    match (version, &wanted.keys[..]) {
        (_, []) => {}
        ("4.0.0.0", [key]) => {
            let algorithm = key.algorithm.as_deref().unwrap_or("AESCTR");
            let length = if algorithm == "COCKTAIL" { "7" } else { "16" };
            let info = [
                "<PROTECTINFO><KEYLEN>",
                length,
                "</KEYLEN><ALGID>",
                &escape(algorithm),
                "</ALGID></PROTECTINFO><KID>",
                &guid(key),
                "</KID>",
            ];
            out.push_str(&info.concat());
            if let Some(checksum) = &key.checksum {
                out.push_str(&element("CHECKSUM", checksum));
            }
        }
        ("4.1.0.0", [key]) => out.push_str(&["<PROTECTINFO>", &kid_element("KID", key), "</PROTECTINFO>"].concat()),
        ("4.0.0.0" | "4.1.0.0", _) => return Err(invalid(Reason::WriteHeaderOneKey)),
        (_, keys) => {
            let keys: String = keys.iter().map(|key| kid_element("KID", key)).collect();
            out.push_str(&["<PROTECTINFO><KIDS>", &keys, "</KIDS></PROTECTINFO>"].concat());
        }
    }
    let [la_url, lui_url, ds_id, decryptor_setup, custom] = &wanted.texts;
    for (name, text) in [("LA_URL", la_url), ("LUI_URL", lui_url), ("DS_ID", ds_id)] {
        out.push_str(&text.as_ref().map(|text| element(name, text)).unwrap_or_default());
    }
    if let Some(custom) = custom {
        out.push_str(&["<CUSTOMATTRIBUTES>", custom, "</CUSTOMATTRIBUTES>"].concat());
    }
    out.push_str(&decryptor_setup.as_ref().map(|text| element("DECRYPTORSETUP", text)).unwrap_or_default());
    out.push_str("</DATA></WRMHEADER>");
    super::edit::check(&out, wanted)?;
    Ok(out)
}

/// An element that contains a text.
pub fn element(name: &str, text: &str) -> String {
    ["<", name, ">", &escape(text), "</", name, ">"].concat()
}
