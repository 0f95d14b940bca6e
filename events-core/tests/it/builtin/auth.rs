//! Section 6: the events of an account.

use std::fmt::Debug;

use events_core::{Event, Registry, auth::*, info::EventInfo, subscriber, subscribers};

use crate::{Journal, block_on};

#[derive(Clone, Debug, PartialEq)]
struct User(&'static str);

const ADA: User = User("ada");

fn infos() -> [&'static EventInfo; 20] {
    [
        UserRegistered::<User>::info(),
        UserLoggedIn::<User>::info(),
        UserLoggedOut::<User>::info(),
        UserVerified::<User>::info(),
        VerificationRequested::<User>::info(),
        PasswordResetRequested::<User>::info(),
        PasswordResetCompleted::<User>::info(),
        PasswordChanged::<User>::info(),
        EmailChangeRequested::<User>::info(),
        EmailChanged::<User>::info(),
        PhoneSetupStarted::<User>::info(),
        PhoneSetupDisabled::<User>::info(),
        MfaLoginStarted::<User>::info(),
        MfaEnabled::<User>::info(),
        MfaDisabled::<User>::info(),
        UserDeleted::<User>::info(),
        OauthSigninStarted::info(),
        OauthSigninCompleted::<User>::info(),
        OauthAccountLinked::<User>::info(),
        OauthAccountUnlinked::<User>::info(),
    ]
}

#[test]
fn the_topics_are_the_twenty_names_of_regstack() {
    assert_eq!(infos().map(EventInfo::topic), KNOWN_EVENTS);
}

#[test]
fn each_event_type_is_named_after_its_topic_and_documented() {
    for info in infos() {
        let mut name = String::new();
        for word in info.topic().split('_') {
            name.push_str(&word[..1].to_uppercase());
            name.push_str(&word[1..]);
        }
        assert_eq!(info.name(), name);
        assert!(!info.docs().is_empty(), "{name}");
    }
}

#[test]
fn only_urls_and_codes_are_secret_fields() {
    for info in infos() {
        for field in info.fields() {
            let grants_access = matches!(field.name(), "url" | "code");
            assert_eq!(
                field.is_secret(),
                grants_access,
                "{} of {info:?}",
                field.name()
            );
        }
    }
}

fn check_debug(event: &impl Debug, expected: &str) {
    assert_eq!(format!("{event:?}"), expected);
}

#[test]
fn secret_fields_are_redacted_in_debug_output() {
    let (url, code) = ("https://x.org/?token=1", "123456");
    check_debug(
        &VerificationRequested::<User>::builder()
            .email("a@x.org")
            .url(url)
            .build(),
        r#"VerificationRequested { user: None, email: "a@x.org", url: [redacted] }"#,
    );
    check_debug(
        &PasswordResetRequested::builder().user(ADA).url(url).build(),
        r#"PasswordResetRequested { user: User("ada"), url: [redacted] }"#,
    );
    check_debug(
        &EmailChangeRequested::builder()
            .user(ADA)
            .new_email("b@x.org")
            .url(url)
            .build(),
        r#"EmailChangeRequested { user: User("ada"), new_email: "b@x.org", url: [redacted] }"#,
    );
    check_debug(
        &PhoneSetupStarted::builder()
            .user(ADA)
            .phone("+1")
            .code(code)
            .build(),
        r#"PhoneSetupStarted { user: User("ada"), phone: "+1", code: [redacted] }"#,
    );
    check_debug(
        &MfaLoginStarted::builder().user(ADA).code(code).build(),
        r#"MfaLoginStarted { user: User("ada"), code: [redacted] }"#,
    );
    check_debug(
        &UserRegistered { user: ADA },
        r#"UserRegistered { user: User("ada") }"#,
    );
}

#[subscriber]
fn note_registration(event: &mut UserRegistered<Journal>) {
    event.user.note("sync");
}

#[subscriber]
async fn to_crm(event: &UserRegistered<Journal>) {
    event.user.note("async");
}

#[test]
fn sync_and_async_handlers_receive_the_events_of_their_user_type() {
    let registry = Registry::with(subscribers![note_registration, to_crm]);
    let journal = Journal::default();
    let user = journal.clone();
    block_on(registry.emit_async(UserRegistered { user }));
    assert_eq!(journal.take(), ["sync", "async"]);
    registry.emit(UserRegistered { user: ADA });
    assert!(journal.take().is_empty(), "another type of user");
}

#[test]
fn an_oauth_sign_in_can_start_without_a_user() {
    let registry = Registry::new();
    let journal = Journal::default();
    let noted = journal.clone();
    let _started = registry.on(move |event: &OauthSigninStarted| {
        noted.note(format!("{} by {}", event.mode, event.provider));
    });
    let noted = journal.clone();
    let _completed = registry.on(move |event: &OauthSigninCompleted<User>| {
        noted.note(format!("{:?}, new: {}", event.user, event.was_new));
    });
    let (provider, mode) = ("google", "signin");
    registry.emit(
        OauthSigninStarted::builder()
            .provider(provider)
            .mode(mode)
            .build(),
    );
    let completed = OauthSigninCompleted::builder()
        .user(ADA)
        .was_new(true)
        .provider(provider)
        .mode(mode);
    registry.emit(completed.build());
    assert_eq!(
        journal.take(),
        ["signin by google", r#"User("ada"), new: true"#]
    );
}

/// An event of the program whose topic is also the topic of an event in `auth`.
#[derive(Event)]
#[event(topic = "email_changed")]
struct OursChanged;

#[test]
fn an_event_of_the_program_can_have_the_topic_of_an_auth_event() {
    let listed = events_core::events();
    let count_of = |topic| listed.iter().filter(|event| event.topic() == topic).count();
    assert_eq!(count_of(OursChanged::topic()), 1);
    assert!(
        Registry::new()
            .scanner()
            .subscribers(subscribers![to_crm])
            .try_run()
            .is_ok()
    );
}
