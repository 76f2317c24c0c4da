//! The visitor that writes the record that crosses into JavaScript: see [`crate::record`] for the layout.

use super::sinf::{Protection, fourcc};
use super::visitor::{PsshHeader, Summary, Value, Visitor, Warning};
use crate::error::ParseError;
use crate::isobmff::SizeForm;
use crate::record::{Field, Record};
use crate::system::{self, Scheme};

impl<'a> Visitor<'a> for Record {
    fn begin_box(&mut self, pssh: &PsshHeader<'a>) {
        let form = match pssh.form {
            SizeForm::Plain => 0,
            SizeForm::Long => 1,
            SizeForm::ToEnd => 2,
        };
        self.pssh(
            &pssh.system_id,
            system::name(&pssh.system_id).unwrap_or_default(),
            [pssh.version << 24 | pssh.flags, pssh.offset as u32, pssh.size as u32],
            [pssh.key_ids, pssh.data, pssh.padding],
            [form, pssh.bare.into(), pssh.no_data_size.into()],
        );
    }

    fn payload_error(&mut self, error: ParseError) {
        self.number(Field::PayloadError, error.reason as u32);
    }

    fn end_box(&mut self) {
        self.close();
    }

    #[inline(never)]
    fn track(&mut self, track: &Protection<'_>) {
        self.open(Field::Tracks);
        if let Some(codec) = &track.codec {
            self.text(Field::Codec, &fourcc(codec));
        }
        if let Some(scheme) = track.scheme() {
            self.text(Field::Scheme, Scheme::as_str(scheme));
        }
        if let Some(tenc) = &track.tenc {
            self.hex(Field::KeyId, &tenc.key_id);
            self.number(Field::IvSize, tenc.iv_size.into());
            if let Some(iv) = tenc.constant_iv {
                self.hex(Field::ConstantIv, iv);
            }
            if let Some((crypt, skip)) = tenc.pattern {
                self.number(Field::Pattern, crypt.into());
                self.number(Field::Pattern, skip.into());
            }
        }
        self.close();
    }

    #[inline(never)]
    fn warning(&mut self, warning: Warning) {
        self.open(Field::Warnings);
        self.number(Field::Code, warning.code as u32);
        if let Some(reason) = warning.reason {
            self.number(Field::Reason, reason as u32);
        }
        self.number(Field::Offset, warning.offset as u32);
        self.close();
    }

    #[inline(never)]
    fn field(&mut self, field: Field, value: Value<'a, '_>) {
        match value {
            Value::Flag(flag) => self.flag(field, flag),
            Value::Number(number) => self.number(field, number),
            Value::Bytes(span) => self.input(field, span),
            Value::Id(id) | Value::DecodedId(id) => self.hex(field, id),
            Value::Text(text) | Value::DecodedText(text) => self.text(field, text),
        }
    }

    fn open(&mut self, field: Field) {
        Record::open(self, field);
    }

    fn open_list(&mut self, field: Field) {
        self.list(field);
    }

    fn close(&mut self) {
        Record::close(self);
    }

    fn mark(&self) -> usize {
        self.len()
    }

    fn rewind(&mut self, mark: usize) {
        self.truncate(mark);
    }

    fn finish(&mut self, summary: Summary<'a>) {
        self.number(Field::Type, summary.kind as u32);
        summary.key_ids.iter().for_each(|id| self.hex(Field::KeyIds, id));
        if let Some(content_id) = &summary.content_id {
            self.text(Field::ContentId, content_id);
        }
        if let Some(index) = summary.key_period_index {
            self.number(Field::KeyPeriodIndex, index);
        }
    }
}
