use super::*;
use crate::delivery::command::Command::{Close, Fail, Open, Renew, Request};
use crate::error::Phase;
use proptest::prelude::*;

/// Sessions whose CDM is ready. The random number is 0.5 in all tests.
fn ready(drm: Drm) -> Sessions {
    let mut sessions = Sessions::new(60_000.0, f64::NAN);
    let commands = sessions.handle(Event::Access { drm, legacy: false, certificate: false }, 0.0, 0.5);
    if drm == Drm::FairPlay {
        assert_eq!(commands, [Command::Certificate]);
        assert_eq!(sessions.handle(Event::CertificateSet, 0.0, 0.5), []);
    }
    sessions
}

impl Sessions {
    fn at(&mut self, now: f64, event: Event<'_>) -> Vec<Command> {
        self.handle(event, now, 0.5)
    }

    /// Init data that request these keys, `aa bb`, or have this asset id, `?01`. Their bytes are the same text.
    fn encrypted_at(&mut self, now: f64, keys: &str, buffered: f64) -> Vec<Command> {
        let key_ids: Vec<String> = keys.split(' ').map(String::from).collect();
        let description = keys.strip_prefix('?').map_or(Description::KeyIds(&key_ids), Description::AssetId);
        self.at(now, Event::Encrypted { kind: InitDataType::Cenc, init_data: keys.as_bytes(), description, buffered })
    }

    fn requested(&mut self, keys: &str) -> Vec<Command> {
        self.encrypted_at(0.0, keys, 0.0)
    }

    fn message_at(&mut self, now: f64, session: u32) -> Vec<Command> {
        self.at(now, Event::Message { session, kind: MessageType::Request })
    }

    fn statuses_at(&mut self, now: f64, session: u32, statuses: &str, expires: f64) -> Vec<Command> {
        self.at(now, Event::Statuses { session, statuses: &pairs(statuses), expires })
    }

    /// Message, license and statuses of a session, at one time.
    fn licensed(&mut self, session: u32, now: f64, statuses: &str, expires: f64) -> Vec<Command> {
        let mut out = self.message_at(now, session);
        out.extend(self.at(now, Event::License { session, renewal: f64::NAN }));
        out.extend(self.statuses_at(now, session, statuses, expires));
        out
    }
}

fn key(key_id: &str, status: &str) -> Command {
    Command::KeyStatus(KeyStatus { key_id: key_id.into(), status: status.into() })
}

/// `aa:usable bb:expired`.
fn pairs(statuses: &str) -> Vec<KeyStatus> {
    let pairs = statuses.split_ascii_whitespace().filter_map(|pair| pair.split_once(':'));
    pairs.map(|(key_id, status)| KeyStatus { key_id: key_id.into(), status: status.into() }).collect()
}

fn codes(commands: &[Command]) -> Vec<&str> {
    commands.iter().filter_map(|command| if let Fail(error) = command { Some(error.code.as_str()) } else { None }).collect()
}

#[test]
fn equal_init_data_open_one_session() {
    let mut sessions = ready(Drm::Widevine);
    assert_eq!(sessions.requested("aa bb"), [Open(1)]);
    assert_eq!(sessions.init_data(1), Some((InitDataType::Cenc, &b"aa bb"[..])));
    for again in ["aa bb", "bb aa", "aa", "bb"] {
        assert_eq!(sessions.requested(again), [], "{again}");
    }
    assert_eq!(sessions.requested("aa cc"), [Open(2)]);
    assert_eq!(sessions.requested("?01"), [Open(3)]);
    assert_eq!(sessions.requested("?01"), []);
}

#[test]
fn nothing_is_opened_before_the_certificate_is_set() {
    for (drm, certificate, needed) in [
        (Drm::FairPlay, false, true),
        (Drm::FairPlay, true, true),
        (Drm::Widevine, true, true),
        (Drm::Widevine, false, false),
        (Drm::PlayReady, true, false),
    ] {
        let mut sessions = Sessions::new(0.0, f64::NAN);
        assert_eq!(sessions.requested("aa"), [], "no DRM is chosen yet, so the relevant boxes are unknown");
        let commands = sessions.at(0.0, Event::Access { drm, legacy: false, certificate });
        assert_eq!(commands, if needed { vec![Command::Certificate] } else { vec![] }, "{drm:?}");
        let opened = sessions.requested("aa");
        if needed {
            sessions.requested("bb");
            sessions.at(0.0, Event::WaitingForKey);
            assert_eq!((sessions.requested("aa"), opened, sessions.wake()), (vec![], vec![], None));
            assert_eq!(sessions.at(0.0, Event::CertificateSet), [Open(1), Open(2)]);
        } else {
            assert_eq!(opened, [Open(1)], "{drm:?}");
        }
        assert_eq!(sessions.at(0.0, Event::CertificateSet), []);
        assert_eq!(sessions.at(0.0, Event::Access { drm, legacy: false, certificate }), [], "once");
    }
}

#[test]
fn the_type_of_a_message_is_the_reason_of_the_request() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    for (kind, reason) in [
        (MessageType::Request, RequestReason::License),
        (MessageType::Renewal, RequestReason::Renewal),
        (MessageType::Release, RequestReason::Release),
        (MessageType::Individualization, RequestReason::License),
    ] {
        assert_eq!(sessions.at(0.0, Event::Message { session: 1, kind }), [Request(1, reason)]);
    }
    assert_eq!(sessions.message_at(0.0, 2), [], "an unknown session");
}

#[test]
fn keys_after_the_first_license_are_a_rotation_and_are_spread_within_the_buffer() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    assert_eq!(sessions.licensed(1, 0.0, "aa:usable", f64::NAN)[0], Request(1, RequestReason::License));
    assert_eq!(sessions.encrypted_at(1000.0, "bb", 22_000.0), []);
    assert_eq!(sessions.wake(), Some(11_000.0), "half of the buffer, without the time for the exchange, by the random number");
    assert_eq!(sessions.encrypted_at(1000.0, "cc", 200_000.0), []);
    assert_eq!(sessions.at(10_999.0, Event::Timer), []);
    assert_eq!(sessions.at(11_000.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.message_at(11_000.0, 2), [Request(2, RequestReason::Rotation)]);
    assert_eq!(sessions.wake(), Some(31_000.0), "half of the spread");
    assert_eq!(sessions.encrypted_at(11_000.0, "dd", 0.0), [Open(4)], "nothing buffered: at once");
    assert_eq!(sessions.encrypted_at(11_000.0, "ee", 2000.0), [Open(5)], "no more than the exchange needs: immediately");
    assert_eq!(sessions.at(12_000.0, Event::WaitingForKey), [Open(3)], "needed now");
    // The latest license took four seconds: more time is reserved for the next one.
    sessions.at(15_000.0, Event::License { session: 2, renewal: f64::NAN });
    assert_eq!(sessions.encrypted_at(15_000.0, "ff", 22_000.0), []);
    assert_eq!(sessions.wake(), Some(20_000.0));
}

#[test]
fn refused_keys_are_requested_again_only_after_a_temporary_failure() {
    for (retryable, again) in [(false, vec![]), (true, vec![Open(2)])] {
        let mut sessions = ready(Drm::PlayReady);
        sessions.requested("aa");
        sessions.message_at(0.0, 1);
        assert_eq!(sessions.at(0.0, Event::Refused { session: 1, retryable }), [Close(1)]);
        assert_eq!(sessions.requested("aa"), again);
        sessions.at(0.0, Event::SourceChanged);
        assert_eq!(sessions.requested("aa").len(), 1, "a new source starts over");
    }
}

#[test]
fn a_status_is_reported_when_it_changes_and_a_failure_once() {
    let mut sessions = ready(Drm::PlayReady);
    let id = "000102030405060708090a0b0c0d0e0f";
    sessions.requested(id);
    let swapped = "030201000504070608090a0b0c0d0e0f";
    let mut report = |status: &str| sessions.statuses_at(0.0, 1, &[swapped, ":", status].concat(), f64::NAN);
    assert_eq!(report("status-pending"), [key(id, "status-pending")]);
    assert_eq!(report("usable"), [key(id, "usable")]);
    assert_eq!(report("usable"), []);
    let restricted = report("output-restricted");
    assert_eq!((&restricted[0], codes(&restricted)), (&key(id, "output-restricted"), vec!["output-restricted"]));
    assert_eq!(report("output-restricted"), []);
    assert_eq!(codes(&report("internal-error")), ["key-unusable"]);
}

#[test]
fn fairplay_renews_in_its_session_and_playready_in_a_new_one() {
    for (drm, renewal) in [(Drm::FairPlay, Renew(1)), (Drm::PlayReady, Open(2))] {
        let mut sessions = ready(drm);
        sessions.requested("aa");
        sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
        assert_eq!(sessions.wake(), Some(80_000.0), "a little more than three quarters of the lease");
        sessions.statuses_at(10_000.0, 1, "aa:usable", 100_000.0);
        assert_eq!(sessions.wake(), Some(80_000.0), "the same lease does not start again");
        assert_eq!(sessions.at(79_999.0, Event::Timer), []);
        assert_eq!(sessions.at(80_000.0, Event::Timer), [renewal]);
        assert_eq!(sessions.wake(), None);
    }
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
    assert_eq!(sessions.wake(), None, "Widevine's CDM requests renewals on its own");
}

#[test]
fn a_lease_in_the_license_is_renewed() {
    let mut sessions = ready(Drm::FairPlay);
    sessions.requested("aa");
    sessions.message_at(0.0, 1);
    sessions.at(1000.0, Event::License { session: 1, renewal: 10_000.0 });
    assert_eq!(sessions.wake(), Some(9000.0));
    sessions.statuses_at(1000.0, 1, "aa:usable", f64::NAN);
    assert_eq!(sessions.wake(), Some(9000.0), "the CDM reports no expiration: the license's own duration counts");
    sessions.statuses_at(1000.0, 1, "aa:usable", 6000.0);
    assert_eq!(sessions.wake(), Some(5000.0), "the earlier one");
}

#[test]
fn an_interval_keeps_renewing_licenses_without_expiry() {
    let mut sessions = Sessions::new(0.0, 600_000.0);
    sessions.at(0.0, Event::Access { drm: Drm::PlayReady, legacy: false, certificate: false });
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.wake(), Some(570_000.0));
    assert_eq!(sessions.at(570_000.0, Event::Timer), [Open(2)]);
    sessions.licensed(2, 570_000.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.at(1_140_000.0, Event::Timer), [Open(3)]);
    let mut sessions = Sessions::new(0.0, 600_000.0);
    sessions.at(0.0, Event::Access { drm: Drm::Widevine, legacy: false, certificate: false });
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.wake(), None, "Widevine's CDM requests renewals on its own");
}

#[test]
fn a_temporarily_failed_renewal_is_retried_before_the_keys_expire() {
    for (drm, renewal, again) in [(Drm::FairPlay, 1, Renew(1)), (Drm::PlayReady, 2, Open(3))] {
        for retryable in [true, false] {
            let mut sessions = ready(drm);
            sessions.requested("aa");
            sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
            sessions.at(80_000.0, Event::Timer);
            sessions.message_at(80_000.0, renewal);
            sessions.at(80_000.0, Event::Refused { session: renewal, retryable });
            assert_eq!(sessions.wake(), retryable.then_some(96_000.0), "{drm:?}");
            assert_eq!(sessions.at(96_000.0, Event::Timer), if retryable { vec![again.clone()] } else { vec![] });
        }
    }
}

#[test]
fn a_new_session_replaces_the_old_one_once_it_has_a_key() {
    let mut sessions = ready(Drm::PlayReady);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.init_data(2), Some((InitDataType::Cenc, &b"aa"[..])));
    assert_eq!(sessions.requested("aa"), []);
    assert_eq!(sessions.message_at(800.0, 2), [Request(2, RequestReason::Renewal)]);
    assert_eq!(sessions.at(810.0, Event::License { session: 2, renewal: f64::NAN }), []);
    assert_eq!(sessions.statuses_at(820.0, 2, "aa:usable", 2000.0), [key("aa", "usable"), Close(1)]);
}

#[test]
fn a_refused_renewal_keeps_the_current_session_until_it_expires() {
    let mut sessions = ready(Drm::PlayReady);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.at(810.0, Event::Refused { session: 2, retryable: false }), [Close(2)]);
    let expired = sessions.statuses_at(1000.0, 1, "aa:expired", 1000.0);
    assert_eq!(expired, [key("aa", "expired"), Open(3)], "one more try");
    assert_eq!(sessions.at(1010.0, Event::Refused { session: 3, retryable: false }), [Close(3), Close(1)]);
    assert_eq!(sessions.requested("aa"), []);
}

#[test]
fn a_session_whose_renewal_is_refused_stays_while_its_key_is_usable() {
    let mut sessions = ready(Drm::FairPlay);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Renew(1)]);
    sessions.at(800.0, Event::Message { session: 1, kind: MessageType::Renewal });
    assert_eq!(sessions.at(810.0, Event::Refused { session: 1, retryable: false }), []);
}

#[test]
fn an_expired_key_is_requested_once_more_and_reported_if_it_is_still_expired() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.statuses_at(1.0, 1, "aa:expired", f64::NAN), [key("aa", "expired"), Open(2)]);
    let again = sessions.statuses_at(2.0, 2, "aa:expired", f64::NAN);
    assert_eq!((again.len(), codes(&again)), (2, vec!["key-expired"]));
    assert_eq!(sessions.statuses_at(3.0, 2, "aa:expired", f64::NAN), []);
}

#[test]
fn a_missing_key_is_reported_when_playback_waits_for_it() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa bb");
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(sessions.wake(), None, "the license may bring it");
    sessions.licensed(1, 5000.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.wake(), Some(6000.0));
    let reported = sessions.at(6000.0, Event::Timer);
    assert_eq!(codes(&reported), ["key-missing"]);
    assert!(matches!(&reported[0], Fail(error) if error.message().ends_with(": bb.")), "{reported:?}");
    assert_eq!((sessions.at(9000.0, Event::Timer), sessions.wake()), (vec![], None), "once");
}

#[test]
fn no_key_is_missing_if_playback_resumed_or_the_reason_was_reported() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa bb");
    sessions.at(0.0, Event::WaitingForKey);
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    sessions.at(0.0, Event::Resumed);
    assert_eq!(sessions.wake(), None);
    sessions.requested("cc");
    sessions.at(0.0, Event::Refused { session: 2, retryable: false });
    sessions.statuses_at(0.0, 1, "aa:usable bb:output-restricted", f64::NAN);
    sessions.at(10.0, Event::WaitingForKey);
    assert_eq!(codes(&sessions.at(1010.0, Event::Timer)), [""; 0]);
}

#[test]
fn playback_that_waits_without_init_data_is_reported() {
    let mut sessions = Sessions::new(0.0, f64::NAN);
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(sessions.wake(), None, "there is no CDM yet");
    sessions.at(50.0, Event::Access { drm: Drm::Widevine, legacy: false, certificate: false });
    assert_eq!(codes(&sessions.at(1000.0, Event::Timer)), ["key-missing"]);
}

#[test]
fn a_session_that_the_cdm_closed_is_reopened_or_reported() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    assert_eq!(sessions.at(0.0, Event::Closed { session: 1, reason: "hardware-context-reset" }), [Open(2)]);
    assert_eq!(sessions.init_data(2), Some((InitDataType::Cenc, &b"aa"[..])));
    let closed = sessions.at(0.0, Event::Closed { session: 2, reason: "internal-error" });
    assert_eq!(codes(&closed), ["session-closed"]);
    assert_eq!(sessions.at(0.0, Event::Closed { session: 2, reason: "internal-error" }), []);
    assert_eq!(sessions.requested("aa"), [Open(3)]);
}

#[test]
fn the_legacy_api_has_no_statuses_and_a_license_makes_the_key_usable() {
    let mut sessions = Sessions::new(0.0, f64::NAN);
    sessions.at(0.0, Event::Access { drm: Drm::FairPlay, legacy: true, certificate: false });
    sessions.at(0.0, Event::CertificateSet);
    assert_eq!(sessions.requested("aa"), [Open(1)]);
    sessions.message_at(0.0, 1);
    sessions.at(0.0, Event::License { session: 1, renewal: f64::NAN });
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(codes(&sessions.at(5000.0, Event::Timer)), [""; 0]);
    assert_eq!(sessions.requested("bb"), [Open(2)]);
    assert_eq!(sessions.message_at(0.0, 2), [Request(2, RequestReason::Rotation)]);
    assert_eq!(sessions.at(0.0, Event::Refused { session: 2, retryable: false }), [Close(2)]);
    assert_eq!(sessions.at(0.0, Event::Refused { session: 1, retryable: false }), [], "its key is in use");
}

#[test]
fn the_oldest_keys_of_an_endless_stream_are_dropped() {
    let mut sessions = ready(Drm::Widevine);
    for period in 0..MAX_SESSIONS {
        sessions.requested(&period.to_string());
    }
    assert_eq!(sessions.requested("next"), [Close(1), Open(33)]);
    sessions.at(0.0, Event::Refused { session: 5, retryable: false });
    assert_eq!(sessions.requested("one more"), [Open(34)], "refused keys are dropped first");
}

#[test]
fn a_new_source_and_detaching_close_everything() {
    let mut sessions = ready(Drm::Widevine);
    sessions.requested("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    sessions.requested("bb");
    assert_eq!(sessions.at(0.0, Event::SourceChanged), [Close(1), Close(2)]);
    assert_eq!(sessions.requested("aa"), [Open(3)]);
    assert_eq!(sessions.message_at(0.0, 3), [Request(3, RequestReason::License)], "not a rotation");
    assert_eq!(sessions.at(0.0, Event::Detached), [Close(3)]);
    assert_eq!(sessions.requested("aa"), []);
    assert_eq!(sessions.at(0.0, Event::Access { drm: Drm::Widevine, legacy: false, certificate: false }), []);
}

/// Any event, with so few keys and sessions that they collide.
fn any_event() -> impl Strategy<Value = (u8, u32, usize, bool, f64)> {
    (0_u8..13, 0_u32..6, 0_usize..6, any::<bool>(), 0.0..5000.0)
}

proptest! {
    #[test]
    fn sessions_open_once_close_once_and_are_never_duplicates(
        drm in 0_usize..4,
        legacy: bool,
        events in proptest::collection::vec(any_event(), 0..120),
    ) {
        let drm = [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey][drm];
        let mut sessions = Sessions::new(10_000.0, if legacy { f64::NAN } else { 500.0 });
        let (mut now, mut open, mut ever) = (0.0, Vec::new(), Vec::new());
        let ends = [(9, 0, 0, false, 0.0)];
        for (kind, session, pick, flag, step) in events.into_iter().chain(ends) {
            now += step;
            let keys = ["aa", "bb", "aa bb", "cc", "?00", "?01"][pick];
            let key_ids: Vec<String> = keys.split(' ').map(String::from).collect();
            let description = keys.strip_prefix('?').map_or(Description::KeyIds(&key_ids), Description::AssetId);
            let statuses = pairs(["", "aa:usable", "aa:expired", "bb:usable aa:output-restricted", "cc:internal-error", "dd:usable"][pick]);
            let event = match kind {
                0 | 1 => Event::Encrypted { kind: InitDataType::Cenc, init_data: b"x", description, buffered: step * 3.0 },
                2 => Event::Access { drm, legacy, certificate: flag },
                3 => Event::CertificateSet,
                4 => Event::Message { session, kind: if flag { MessageType::Request } else { MessageType::Renewal } },
                5 => Event::License { session, renewal: if flag { step } else { f64::NAN } },
                6 => Event::Refused { session, retryable: flag },
                7 => Event::Statuses { session, statuses: &statuses, expires: if flag { now + 4.0 * step } else { f64::NAN } },
                8 => Event::Closed { session, reason: if flag { "hardware-context-reset" } else { "internal-error" } },
                9 => Event::SourceChanged,
                10 => Event::WaitingForKey,
                11 => Event::Resumed,
                _ => Event::Timer,
            };
            let closed_by_cdm = if let Event::Closed { session, .. } = event { Some(session) } else { None };
            let commands = sessions.handle(event, now, 0.5);
            open.retain(|id| Some(*id) != closed_by_cdm);
            for command in commands {
                match command {
                    Open(id) => {
                        prop_assert!(!ever.contains(&id), "a session id is used once");
                        prop_assert!(sessions.init_data(id) == Some((InitDataType::Cenc, b"x")));
                        ever.push(id);
                        open.push(id);
                    }
                    Close(id) => {
                        prop_assert!(open.contains(&id), "only open sessions are closed");
                        open.retain(|one| *one != id);
                    }
                    Request(id, _) | Renew(id) => prop_assert!(open.contains(&id)),
                    Fail(error) => prop_assert!(!error.hint().is_empty() && error.phase == Phase::Session),
                    Command::KeyStatus(_) => {}
                    Command::Certificate => prop_assert!(matches!(drm, Drm::FairPlay | Drm::Widevine) && open.is_empty()),
                }
            }
            let held: Vec<_> = sessions.list.iter().filter(|one| one.is_open()).collect();
            prop_assert!(held.iter().all(|one| open.contains(&one.id)));
            prop_assert_eq!(held.len(), open.len(), "no session is leaked");
            for (index, one) in held.iter().enumerate() {
                for other in &held[index + 1..] {
                    let pair = one.replaces == Some(other.id) || other.replaces == Some(one.id);
                    prop_assert!(one.requested != other.requested || pair, "two sessions for equal init data");
                }
            }
            if let Event::Timer = event {
                prop_assert!(sessions.wake().is_none_or(|at| at.is_finite() && at > now), "the timer is not due again at once");
            }
        }
        prop_assert_eq!(open.len(), 0, "no session outlives its source");
        sessions.handle(Event::Detached, now, 0.5);
        prop_assert!(sessions.list.is_empty() && sessions.wake().is_none());
    }
}

#[test]
fn the_timer_is_due_after_the_remaining_time_or_immediately() {
    let mut sessions = ready(Drm::FairPlay);
    sessions.requested("aa");
    assert_eq!(sessions.wait(0.0), None);
    sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
    assert_eq!([0.0, 79_000.5, 80_002.5].map(|now| sessions.wait(now)), [Some(80_000.0), Some(999.5), Some(0.0)]);
}
