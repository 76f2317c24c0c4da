//! The player module's exports for delivery.

use crate::call::{call, result};
use pallycon_drm::record::{Field, Record};
use pallycon_drm::web::delivery::{Delivery, rotation_delay};
use pallycon_drm::web::names::Source;
use wasm_bindgen_test::*;

fn step(out: &mut Record, kind: u32, value: f64) {
    out.number(Field::Kind, kind);
    out.float(Field::Value, value);
}

fn attempt(number: u32) -> Vec<u8> {
    result(|out| {
        step(out, 0, f64::INFINITY);
        out.number(Field::Attempt, number);
    })
}

fn plain(kind: u32, value: f64) -> Vec<u8> {
    result(|out| step(out, kind, value))
}

fn with_notice(kind: u32, value: f64, notice: u32, until: f64) -> Vec<u8> {
    result(|out| {
        step(out, kind, value);
        out.open(Field::Notices);
        step(out, notice, until);
        out.close();
    })
}

/// `attempts` with a base of 500 and a cap of 8000, without a limit for all of them.
fn delivery(attempts: f64, refusals: Option<f64>) -> Delivery {
    Delivery::new(attempts, 500.0, 8000.0, f64::INFINITY, refusals, 10_000.0)
}

/// A request that begins at time 0, and fails with 503 at the same time.
fn busy(delivery: &mut Delivery, retry_after: Option<&str>, now: f64) -> (u32, Vec<u8>) {
    let chain = delivery.begin(now);
    call(b"", |_| delivery.asking(chain, "film", now));
    let retry_after = retry_after.map(String::from);
    (chain, call(b"", |_| delivery.failed(chain, Source::Server, true, retry_after, "server-unavailable", now, 0.5)))
}

#[wasm_bindgen_test]
fn attempts_and_the_waits_between_them() {
    let mut delivery = delivery(2.0, None);
    let (chain, wait) = busy(&mut delivery, None, 0.0);
    assert_eq!(wait, plain(1, 250.0));
    assert_eq!(call(b"", |_| delivery.timer(chain, 250.0, 0.5)), attempt(2));
    assert_eq!(call(b"", |_| delivery.licensed(chain)), plain(6, 0.0));
    for (retry_after, expected) in [("2", plain(1, 2250.0)), ("soon", plain(1, 250.0)), ("61", plain(6, 0.0))] {
        assert_eq!(busy(&mut delivery, Some(retry_after), 0.0).1, expected, "{retry_after}");
    }
    // Two seconds before that date.
    assert_eq!(busy(&mut delivery, Some("Sun, 06 Nov 1994 08:49:37 GMT"), 784_111_775_000.0).1, plain(1, 2250.0));
    assert_eq!(call(b"", |_| delivery.aborted(99)), plain(6, 0.0), "an unknown request has ended");
}

#[wasm_bindgen_test]
fn attempts_may_be_infinite() {
    let mut delivery = delivery(f64::INFINITY, None);
    let (chain, _) = busy(&mut delivery, None, 0.0);
    call(b"", |_| delivery.timer(chain, 250.0, 0.5));
    assert_eq!(call(b"", |_| delivery.failed(chain, Source::Server, true, None, "x", 250.0, 1.0)), plain(1, 1000.0));
}

#[wasm_bindgen_test]
fn circuits_and_offline_are_steps_with_notices() {
    let mut circuit = delivery(1.0, Some(1.0));
    assert_eq!(busy(&mut circuit, None, 0.0).1, with_notice(6, 0.0, 0, 7500.0));
    let chain = circuit.begin(500.0);
    assert_eq!(call(b"", |_| circuit.asking(chain, "film", 500.0)), plain(4, 7000.0));
    let chain = circuit.begin(7500.0);
    assert_eq!(call(b"", |_| circuit.asking(chain, "film", 7500.0)), attempt(1));
    assert_eq!(call(b"", |_| circuit.licensed(chain)), with_notice(6, 0.0, 1, 0.0));

    let mut delivery = delivery(1.0, None);
    delivery.set_online(false);
    let chain = delivery.begin(0.0);
    call(b"", |_| delivery.asking(chain, "", 0.0));
    let failed = |delivery: &mut Delivery| delivery.failed(chain, Source::Unanswered, true, None, "network", 0.0, 0.5);
    assert_eq!(call(b"", |_| failed(&mut delivery)), with_notice(3, 60_000.0, 2, 0.0));
    delivery.set_online(true);
    assert_eq!(call(b"", |_| delivery.timer(chain, 10.0, 0.5)), with_notice(1, 250.0, 3, 0.0));
    delivery.set_online(false);
    call(b"", |_| delivery.timer(chain, 260.0, 0.5));
    assert_eq!(call(b"", |_| delivery.timer(chain, 60_000.0, 0.5)), plain(5, 0.0));
}

#[wasm_bindgen_test]
fn each_source_is_counted_separately() {
    for (source, opens) in [(Source::Token, true), (Source::Unanswered, true), (Source::Server, true), (Source::Page, false)] {
        let mut delivery = delivery(1.0, Some(1.0));
        let chain = delivery.begin(0.0);
        call(b"", |_| delivery.asking(chain, "", 0.0));
        let record = call(b"", |_| delivery.failed(chain, source, true, None, "x", 0.0, 1.0));
        assert_eq!(record, if opens { with_notice(6, 0.0, 0, 10_000.0) } else { plain(6, 0.0) }, "{source:?}");
    }
}

#[wasm_bindgen_test]
fn a_rotation_is_delayed_within_the_buffer() {
    assert_eq!(rotation_delay(60_000.0, 22_000.0, f64::NAN, 0.5), 10_000.0);
    assert_eq!(rotation_delay(60_000.0, f64::NAN, f64::NAN, 0.5), 0.0);
}
