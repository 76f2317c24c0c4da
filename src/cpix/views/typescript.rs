//! `js/server/views.ts`: the functions and types of the views, written from the registry.

use super::{Field, Kind, Make, VIEWS, View};
use std::fmt::Write as _;

/// The TypeScript names of a view's options and result.
pub struct Types {
    /// The type of its options.
    pub options: &'static str,
    /// The type of what it returns.
    pub returns: &'static str,
    /// The declarations of these types.
    pub declarations: &'static str,
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/js/server/views.ts");
const HEAD: &str = "\
// Generated from src/cpix/views/: UPDATE_TYPES=1 cargo test --features server the_views_in_typescript
import { call } from \"./load.js\";
import { plain } from \"./plain.js\";
import type { CpixSystem, EncryptionScheme, PackInfo, Packaged, TrackType } from \"./cpix-types.js\";

const view = <T>(name: string, pack: object, options: object): Promise<T> => call((core) => core.cpixView(name, plain(pack), plain(options)) as T);
";

fn type_of(field: &Field) -> String {
    let known = match field.name {
        "period" => "number | string",
        "scheme" => "EncryptionScheme",
        "systems" => "CpixSystem[]",
        "tracks" => "TrackType[]",
        _ => "",
    };
    if !known.is_empty() {
        return known.into();
    }
    match field.kind {
        Kind::Boolean => "boolean".into(),
        Kind::Integer(..) => "number".into(),
        Kind::OneOf(known) => known.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" | "),
        Kind::Texts => "string[]".into(),
        Kind::Group(fields) => format!("{{ {} }}", fields.iter().map(member).collect::<Vec<_>>().join("; ")),
        Kind::Any => "object".into(),
        Kind::Text | Kind::Line(_) | Kind::Date | Kind::Hex(_) => "string".into(),
        Kind::List(_) | Kind::OneOfNumber(_) => panic!("{}: no view has an option of this kind", field.name),
    }
}

fn member(field: &Field) -> String {
    let (mark, undefined) = if field.optional { ("?", " | undefined") } else { ("", "") };
    format!("{}{mark}: {}{undefined}", field.name, type_of(field))
}

/// Views that share their function, by the option `service`.
fn group(of: &View) -> Vec<&'static View> {
    VIEWS.iter().filter(|view| view.function == of.function).collect()
}

fn declare(out: &mut String, view: &View) -> std::fmt::Result {
    if !view.types.declarations.is_empty() {
        writeln!(out, "\n{}", view.types.declarations.trim())?;
    }
    writeln!(out, "\n/** Options of `{}`. */\nexport interface {} {{", view.function, view.types.options)?;
    if group(view).len() > 1 {
        writeln!(out, "  service: {:?};", view.name)?;
    }
    for field in view.options {
        writeln!(out, "  /** {} */\n  {};", field.doc, member(field))?;
    }
    writeln!(out, "}}")
}

fn define(out: &mut String, view: &View) -> std::fmt::Result {
    let (name, options, returns) = (view.function, view.types.options, view.types.returns);
    let default = if view.options.iter().all(|field| field.optional) { " = {}" } else { "" };
    let parameters = match view.make {
        Make::Keys(_) => format!("pack: PackInfo, options: {options}{default}"),
        Make::Settings(_) => format!("pack: Packaged, options: {options}{default}"),
        Make::Options(_) => format!("options: {options}{default}"),
    };
    let pack = if matches!(view.make, Make::Options(_)) { "{}" } else { "pack" };
    writeln!(out, "\n/** {} */", view.title)?;
    writeln!(out, "export const {name} = ({parameters}): Promise<{returns}> => view({:?}, {pack}, options);", view.name)
}

fn define_shared(out: &mut String, views: &[&View]) -> std::fmt::Result {
    let options: Vec<_> = views.iter().map(|view| view.types.options).collect();
    let Some(first) = views.first() else { return Ok(()) };
    let titles: Vec<_> = views.iter().map(|view| format!(" * - `{}`: {}", view.name, view.title)).collect();
    writeln!(out, "\n/**\n * By `service`:\n{}\n */", titles.join("\n"))?;
    writeln!(
        out,
        "export function {}(pack: Packaged, options: {}): Promise<{}> {{",
        first.function,
        options.join(" | "),
        first.types.returns
    )?;
    writeln!(out, "  const {{ service, ...rest }} = options;\n  return view(service, pack, rest);\n}}")
}

fn text() -> Result<String, std::fmt::Error> {
    let mut out = String::from(HEAD);
    for view in VIEWS {
        declare(&mut out, view)?;
        let views = group(view);
        match views.as_slice() {
            [_] => define(&mut out, view)?,
            // After the last view, so that all their types come first.
            [.., last] if last.name == view.name => define_shared(&mut out, &views)?,
            _ => {}
        }
    }
    Ok(out)
}

/// `js/server/views.ts` is this text. With `UPDATE_TYPES=1` in the environment the file is written instead.
#[test]
fn the_views_in_typescript() {
    let expected = text().unwrap();
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(FILE, &expected).unwrap();
    }
    assert!(std::fs::read_to_string(FILE).unwrap() == expected, "js/server/views.ts is not up to date: see its first line");
}
