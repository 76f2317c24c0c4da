use super::*;
use crate::delivery::command::Command::{Close, Fail, KeyStatus, Open, Renew, Request};
use proptest::prelude::*;

/// A machine whose CDM is there. `dice` is 0.5 for everything here.
fn ready(drm: Drm) -> Sessions {
    let mut sessions = Sessions::new(60_000.0);
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

    fn asked(&mut self, wanted: &str) -> Vec<Command> {
        self.at(0.0, Event::Encrypted { kind: InitDataType::Cenc, init_data: wanted.as_bytes(), description: wanted, buffered: 0.0 })
    }

    /// Message, license and statuses of a session, at a time.
    fn licensed(&mut self, session: u32, now: f64, statuses: &str, expires: f64) -> Vec<Command> {
        let mut out = self.at(now, Event::Message { session, kind: "license-request" });
        out.extend(self.at(now, Event::License { session, renewal: f64::NAN }));
        out.extend(self.at(now, Event::Statuses { session, statuses, expires }));
        out
    }
}

fn key(key_id: &str, status: &str) -> Command {
    KeyStatus { key_id: key_id.into(), status: status.into() }
}

fn codes(commands: &[Command]) -> Vec<&str> {
    commands.iter().filter_map(|command| if let Fail(error) = command { Some(error.code) } else { None }).collect()
}

#[test]
fn equal_init_data_make_one_session() {
    let mut sessions = ready(Drm::Widevine);
    assert_eq!(sessions.asked("aa bb"), [Open(1)]);
    assert_eq!(sessions.init_data(1), Some((InitDataType::Cenc, &b"aa bb"[..])));
    for again in ["aa bb", "bb aa", "aa", "bb"] {
        assert_eq!(sessions.asked(again), [], "{again}");
    }
    assert_eq!(sessions.asked("aa cc"), [Open(2)]);
    assert_eq!(sessions.asked("?01"), [Open(3)]);
    assert_eq!(sessions.asked("?01"), []);
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
        let mut sessions = Sessions::new(0.0);
        assert_eq!(sessions.asked("aa"), [], "no DRM is chosen: whose boxes are to be read?");
        let commands = sessions.at(0.0, Event::Access { drm, legacy: false, certificate });
        assert_eq!(commands, if needed { vec![Command::Certificate] } else { vec![] }, "{drm:?}");
        let opened = sessions.asked("aa");
        if needed {
            sessions.asked("bb");
            sessions.at(0.0, Event::WaitingForKey);
            assert_eq!((sessions.asked("aa"), opened, sessions.wake()), (vec![], vec![], None));
            assert_eq!(sessions.at(0.0, Event::CertificateSet), [Open(1), Open(2)]);
        } else {
            assert_eq!(opened, [Open(1)], "{drm:?}");
        }
        assert_eq!(sessions.at(0.0, Event::CertificateSet), []);
        assert_eq!(sessions.at(0.0, Event::Access { drm, legacy: false, certificate }), [], "once");
    }
}

#[test]
fn a_message_says_why_a_license_is_wanted() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    for (kind, reason) in [
        ("license-request", Reason::License),
        ("license-renewal", Reason::Renewal),
        ("license-release", Reason::Release),
        ("individualization-request", Reason::License),
    ] {
        assert_eq!(sessions.at(0.0, Event::Message { session: 1, kind }), [Request(1, reason)]);
    }
    assert_eq!(sessions.at(0.0, Event::Message { session: 2, kind: "license-request" }), [], "a session that is not there");
    assert_eq!(Reason::Rotation.as_str(), "rotation");
}

#[test]
fn keys_after_the_first_license_are_a_rotation_and_are_spread_within_the_buffer() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    assert_eq!(sessions.licensed(1, 0.0, "aa:usable", f64::NAN)[0], Request(1, Reason::License));
    let rotated = |wanted, buffered| Event::Encrypted { kind: InitDataType::Cenc, init_data: b"", description: wanted, buffered };
    assert_eq!(sessions.at(1000.0, rotated("bb", 20_000.0)), []);
    assert_eq!(sessions.wake(), Some(11_000.0), "half of the buffer, by the dice");
    assert_eq!(sessions.at(1000.0, rotated("cc", 200_000.0)), []);
    assert_eq!(sessions.at(10_999.0, Event::Timer), []);
    assert_eq!(sessions.at(11_000.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.at(11_000.0, Event::Message { session: 2, kind: "license-request" }), [Request(2, Reason::Rotation)]);
    assert_eq!(sessions.wake(), Some(31_000.0), "half of the spread");
    assert_eq!(sessions.at(11_000.0, rotated("dd", 0.0)), [Open(4)], "nothing buffered: at once");
    assert_eq!(sessions.at(12_000.0, Event::WaitingForKey), [Open(3)], "needed now");
}

#[test]
fn what_was_refused_is_asked_again_only_if_the_reason_may_have_passed() {
    for (retryable, again) in [(false, vec![]), (true, vec![Open(2)])] {
        let mut sessions = ready(Drm::PlayReady);
        sessions.asked("aa");
        sessions.at(0.0, Event::Message { session: 1, kind: "license-request" });
        assert_eq!(sessions.at(0.0, Event::Refused { session: 1, retryable }), [Close(1)]);
        assert_eq!(sessions.asked("aa"), again);
        sessions.at(0.0, Event::SourceChanged);
        assert_eq!(sessions.asked("aa").len(), 1, "another source begins anew");
    }
}

#[test]
fn statuses_are_told_when_they_change_and_failures_once() {
    let mut sessions = ready(Drm::PlayReady);
    let id = "000102030405060708090a0b0c0d0e0f";
    sessions.asked(id);
    let turned = "030201000504070608090a0b0c0d0e0f";
    let told = |sessions: &mut Sessions, status: &str| {
        let statuses = [turned, ":", status].concat();
        sessions.at(0.0, Event::Statuses { session: 1, statuses: &statuses, expires: f64::NAN })
    };
    assert_eq!(told(&mut sessions, "status-pending"), [key(id, "status-pending")]);
    assert_eq!(told(&mut sessions, "usable"), [key(id, "usable")]);
    assert_eq!(told(&mut sessions, "usable"), []);
    let restricted = told(&mut sessions, "output-restricted");
    assert_eq!((&restricted[0], codes(&restricted)), (&key(id, "output-restricted"), vec!["output-restricted"]));
    assert_eq!(told(&mut sessions, "output-restricted"), []);
    assert_eq!(codes(&told(&mut sessions, "internal-error")), ["key-unusable"]);
}

#[test]
fn fairplay_renews_in_its_session_and_playready_in_a_new_one() {
    for (drm, renewal) in [(Drm::FairPlay, Renew(1)), (Drm::PlayReady, Open(2))] {
        let mut sessions = ready(drm);
        sessions.asked("aa");
        sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
        assert_eq!(sessions.wake(), Some(80_000.0), "three quarters of the time, and somewhat");
        sessions.at(10_000.0, Event::Statuses { session: 1, statuses: "aa:usable", expires: 100_000.0 });
        assert_eq!(sessions.wake(), Some(80_000.0), "the same lease does not begin again");
        assert_eq!(sessions.at(79_999.0, Event::Timer), []);
        assert_eq!(sessions.at(80_000.0, Event::Timer), [renewal]);
        assert_eq!(sessions.wake(), None);
    }
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", 100_000.0);
    assert_eq!(sessions.wake(), None, "Widevine's CDM asks by itself");
}

#[test]
fn a_lease_that_the_license_names_is_renewed() {
    let mut sessions = ready(Drm::FairPlay);
    sessions.asked("aa");
    sessions.at(0.0, Event::Message { session: 1, kind: "license-request" });
    sessions.at(1000.0, Event::License { session: 1, renewal: 10_000.0 });
    assert_eq!(sessions.wake(), Some(9000.0));
}

#[test]
fn a_new_session_takes_over_when_it_has_a_key_and_not_before() {
    let mut sessions = ready(Drm::PlayReady);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.init_data(2), Some((InitDataType::Cenc, &b"aa"[..])));
    assert_eq!(sessions.asked("aa"), []);
    assert_eq!(sessions.at(800.0, Event::Message { session: 2, kind: "license-request" }), [Request(2, Reason::Renewal)]);
    assert_eq!(sessions.at(810.0, Event::License { session: 2, renewal: f64::NAN }), []);
    assert_eq!(sessions.at(820.0, Event::Statuses { session: 2, statuses: "aa:usable", expires: 2000.0 }), [key("aa", "usable"), Close(1)]);
}

#[test]
fn a_renewal_that_is_refused_leaves_what_there_is_until_that_expires() {
    let mut sessions = ready(Drm::PlayReady);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Open(2)]);
    assert_eq!(sessions.at(810.0, Event::Refused { session: 2, retryable: false }), [Close(2)]);
    let expired = sessions.at(1000.0, Event::Statuses { session: 1, statuses: "aa:expired", expires: 1000.0 });
    assert_eq!(expired, [key("aa", "expired"), Open(3)], "one more try");
    assert_eq!(sessions.at(1010.0, Event::Refused { session: 3, retryable: false }), [Close(3), Close(1)]);
    assert_eq!(sessions.asked("aa"), []);
}

#[test]
fn a_session_whose_renewal_is_refused_stays_while_its_key_is_good() {
    let mut sessions = ready(Drm::FairPlay);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", 1000.0);
    assert_eq!(sessions.at(800.0, Event::Timer), [Renew(1)]);
    sessions.at(800.0, Event::Message { session: 1, kind: "license-renewal" });
    assert_eq!(sessions.at(810.0, Event::Refused { session: 1, retryable: false }), []);
}

#[test]
fn an_expired_key_is_asked_for_once_more_and_what_comes_back_expired_is_told() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    let expired = |session| Event::Statuses { session, statuses: "aa:expired", expires: f64::NAN };
    assert_eq!(sessions.at(1.0, expired(1)), [key("aa", "expired"), Open(2)]);
    let again = sessions.at(2.0, expired(2));
    assert_eq!((again.len(), codes(&again)), (2, vec!["key-expired"]));
    assert_eq!(sessions.at(3.0, expired(2)), []);
}

#[test]
fn a_key_that_no_license_brought_is_named_when_the_media_wait_for_it() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa bb");
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(sessions.wake(), None, "the license may bring it");
    sessions.licensed(1, 5000.0, "aa:usable", f64::NAN);
    assert_eq!(sessions.wake(), Some(6000.0));
    let told = sessions.at(6000.0, Event::Timer);
    assert_eq!(codes(&told), ["key-missing"]);
    assert!(matches!(&told[0], Fail(error) if error.message.ends_with(": bb.")), "{told:?}");
    assert_eq!((sessions.at(9000.0, Event::Timer), sessions.wake()), (vec![], None), "once");
}

#[test]
fn no_key_is_called_missing_where_the_media_go_on_or_the_reason_was_told() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa bb");
    sessions.at(0.0, Event::WaitingForKey);
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    sessions.at(0.0, Event::Resumed);
    assert_eq!(sessions.wake(), None);
    sessions.asked("cc");
    sessions.at(0.0, Event::Refused { session: 2, retryable: false });
    sessions.at(0.0, Event::Statuses { session: 1, statuses: "aa:usable bb:output-restricted", expires: f64::NAN });
    sessions.at(10.0, Event::WaitingForKey);
    assert_eq!(codes(&sessions.at(1010.0, Event::Timer)), [""; 0]);
}

#[test]
fn media_that_wait_without_any_init_data_are_told_of() {
    let mut sessions = Sessions::new(0.0);
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(sessions.wake(), None, "there is no CDM yet");
    sessions.at(50.0, Event::Access { drm: Drm::Widevine, legacy: false, certificate: false });
    assert_eq!(codes(&sessions.at(1000.0, Event::Timer)), ["key-missing"]);
}

#[test]
fn a_session_that_the_cdm_closed_is_opened_anew_or_told_of() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    assert_eq!(sessions.at(0.0, Event::Closed { session: 1, reason: "hardware-context-reset" }), [Open(2)]);
    assert_eq!(sessions.init_data(2), Some((InitDataType::Cenc, &b"aa"[..])));
    let closed = sessions.at(0.0, Event::Closed { session: 2, reason: "internal-error" });
    assert_eq!(codes(&closed), ["session-closed"]);
    assert_eq!(sessions.at(0.0, Event::Closed { session: 2, reason: "internal-error" }), []);
    assert_eq!(sessions.asked("aa"), [Open(3)]);
}

#[test]
fn the_old_api_has_no_statuses_and_is_licensed_by_its_license() {
    let mut sessions = Sessions::new(0.0);
    sessions.at(0.0, Event::Access { drm: Drm::FairPlay, legacy: true, certificate: false });
    sessions.at(0.0, Event::CertificateSet);
    assert_eq!(sessions.asked("aa"), [Open(1)]);
    sessions.at(0.0, Event::Message { session: 1, kind: "license-request" });
    sessions.at(0.0, Event::License { session: 1, renewal: f64::NAN });
    sessions.at(0.0, Event::WaitingForKey);
    assert_eq!(codes(&sessions.at(5000.0, Event::Timer)), [""; 0]);
    assert_eq!(sessions.asked("bb"), [Open(2)]);
    assert_eq!(sessions.at(0.0, Event::Message { session: 2, kind: "license-request" }), [Request(2, Reason::Rotation)]);
    assert_eq!(sessions.at(0.0, Event::Refused { session: 2, retryable: false }), [Close(2)]);
    assert_eq!(sessions.at(0.0, Event::Refused { session: 1, retryable: false }), [], "its key is in use");
}

#[test]
fn the_oldest_keys_of_an_endless_stream_give_way() {
    let mut sessions = ready(Drm::Widevine);
    for period in 0..MAX_SESSIONS {
        sessions.asked(&period.to_string());
    }
    assert_eq!(sessions.asked("next"), [Close(1), Open(33)]);
    sessions.at(0.0, Event::Refused { session: 5, retryable: false });
    assert_eq!(sessions.asked("one more"), [Open(34)], "what was refused goes first");
}

#[test]
fn another_source_and_the_end_close_everything() {
    let mut sessions = ready(Drm::Widevine);
    sessions.asked("aa");
    sessions.licensed(1, 0.0, "aa:usable", f64::NAN);
    sessions.asked("bb");
    assert_eq!(sessions.at(0.0, Event::SourceChanged), [Close(1), Close(2)]);
    assert_eq!(sessions.asked("aa"), [Open(3)]);
    assert_eq!(sessions.at(0.0, Event::Message { session: 3, kind: "license-request" }), [Request(3, Reason::License)], "no rotation");
    assert_eq!(sessions.at(0.0, Event::Detached), [Close(3)]);
    assert_eq!(sessions.asked("aa"), []);
    assert_eq!(sessions.at(0.0, Event::Access { drm: Drm::Widevine, legacy: false, certificate: false }), []);
}

/// Any event, for few keys and sessions, so that they meet.
fn any_event() -> impl Strategy<Value = (u8, u32, usize, bool, f64)> {
    (0_u8..13, 0_u32..6, 0_usize..6, any::<bool>(), 0.0..5000.0)
}

proptest! {
    #[test]
    fn sessions_open_once_close_once_and_are_never_equal(
        drm in 0_usize..4,
        legacy: bool,
        events in proptest::collection::vec(any_event(), 0..120),
    ) {
        let drm = [Drm::Widevine, Drm::PlayReady, Drm::FairPlay, Drm::ClearKey][drm];
        let mut sessions = Sessions::new(10_000.0);
        let (mut now, mut open, mut ever) = (0.0, Vec::new(), Vec::new());
        let ends = [(9, 0, 0, false, 0.0)];
        for (kind, session, pick, flag, step) in events.into_iter().chain(ends) {
            now += step;
            let init_data = ["aa", "bb", "aa bb", "cc", "?00", "?01"][pick];
            let event = match kind {
                0 | 1 => Event::Encrypted { kind: InitDataType::Cenc, init_data: b"x", description: init_data, buffered: step * 3.0 },
                2 => Event::Access { drm, legacy, certificate: flag },
                3 => Event::CertificateSet,
                4 => Event::Message { session, kind: if flag { "license-request" } else { "license-renewal" } },
                5 => Event::License { session, renewal: if flag { step } else { f64::NAN } },
                6 => Event::Refused { session, retryable: flag },
                7 => Event::Statuses {
                    session,
                    statuses: ["", "aa:usable", "aa:expired", "bb:usable aa:output-restricted", "cc:internal-error", "dd:usable"][pick],
                    expires: if flag { now + 4.0 * step } else { f64::NAN },
                },
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
                        prop_assert!(!ever.contains(&id), "a number is used once");
                        prop_assert!(sessions.init_data(id) == Some((InitDataType::Cenc, b"x")));
                        ever.push(id);
                        open.push(id);
                    }
                    Close(id) => {
                        prop_assert!(open.contains(&id), "only what is open is closed");
                        open.retain(|one| *one != id);
                    }
                    Request(id, _) | Renew(id) => prop_assert!(open.contains(&id)),
                    Fail(error) => prop_assert!(!error.hint.is_empty() && error.phase == Phase::Session),
                    KeyStatus { .. } => {}
                    Command::Certificate => prop_assert!(matches!(drm, Drm::FairPlay | Drm::Widevine) && open.is_empty()),
                }
            }
            let held: Vec<_> = sessions.list.iter().filter(|one| one.is_open()).collect();
            prop_assert!(held.iter().all(|one| open.contains(&one.id)));
            prop_assert_eq!(held.len(), open.len(), "no session is forgotten");
            for (index, one) in held.iter().enumerate() {
                for other in &held[index + 1..] {
                    let pair = one.replaces == Some(other.id) || other.replaces == Some(one.id);
                    prop_assert!(one.wanted != other.wanted || pair, "two sessions for equal init data");
                }
            }
            if let Event::Timer = event {
                prop_assert!(sessions.wake().is_none_or(|at| at.is_finite() && at > now), "it is not due again at once");
            }
        }
        prop_assert_eq!(open.len(), 0, "nothing stays open behind the source");
        sessions.handle(Event::Detached, now, 0.5);
        prop_assert!(sessions.list.is_empty() && sessions.wake().is_none());
    }
}
