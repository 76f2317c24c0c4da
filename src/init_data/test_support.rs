//! Runs a single reader, for its tests.

use super::collect::Collector;
use super::visitor::{PsshHeader, Report, Visitor};
use super::{InitData, InitDataType};
use crate::bytes::Span;
use crate::error::ParseError;
use crate::record::Field;
use serde_json::Value;

/// A reader's reports, collected.
pub fn collect<'a>(read: impl FnOnce(&mut Report<'a, '_, Collector<'a>>) -> Result<(), ParseError>) -> Result<InitData<'a>, ParseError> {
    let mut collector = Collector::default();
    let mut out = Report::new(&mut collector);
    read(&mut out)?;
    out.finish(InitDataType::Cenc);
    Ok(collector.finished())
}

/// The same for a reader of the data of a box, whose field is opened for it unless it does so itself, and the box
/// as JSON.
pub fn boxed<'a>(
    system_id: [u8; 16],
    field: Option<Field>,
    data: &'a [u8],
    read: impl FnOnce(&PsshHeader<'a>, &mut Report<'a, '_, Collector<'a>>) -> Result<(), ParseError>,
) -> Result<(Value, InitData<'a>), ParseError> {
    let header = PsshHeader { bare: false, ..PsshHeader::bare(system_id, Span::whole(data)) };
    let collected = collect(|out| {
        out.begin_box(&header);
        field.into_iter().for_each(|field| out.visitor.open(field));
        read(&header, out)
    })?;
    Ok((json(&collected)["boxes"][0].take(), collected))
}

/// The public JSON.
pub fn json(read: &InitData<'_>) -> Value {
    serde_json::from_str(&read.to_json()).unwrap()
}
