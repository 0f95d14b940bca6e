//! Section 14: the columns of a record that is to be created that are not set.

use events_core::{
    Event, Registry,
    record::{Creating, UnknownColumn},
    subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Clone, Debug, Default, PartialEq)]
struct User {
    id: u32,
    email: String,
    active: bool,
    password: String,
}

const COLUMNS: [&str; 4] = ["id", "email", "active", "password"];

/// Of which an integration has set the address only.
fn draft() -> Creating<User> {
    let user = User {
        email: "A".to_owned(),
        active: true,
        ..User::default()
    };
    let shown = user.clone();
    let is_changed = move |left: &User, column: &str| match column {
        "id" => left.id != shown.id,
        "active" => left.active != shown.active,
        "password" => left.password != shown.password,
        _ => panic!("`{column}` is set"),
    };
    Creating::new(user).with_unset(COLUMNS, ["id", "active", "password"], is_changed)
}

type Handler = fn(&mut Creating<User>) -> Result<(), UnknownColumn>;

#[test]
fn a_column_is_unset_until_a_handler_changes_or_writes_it() {
    let check = |handlers: &[Handler], unset: &[&str]| {
        let registry = Registry::new();
        for handler in handlers {
            registry.on(*handler).detach();
        }
        let event = registry.emit(draft());
        assert_eq!(event.unset(), unset);
        assert!(!event.is_vetoed());
    };
    let change: Handler = |event| {
        event.record.active = false;
        Ok(())
    };
    let change_back: Handler = |event| {
        event.record.active = true;
        Ok(())
    };
    let write: Handler = |event| event.write("active");
    let write_what_is_set: Handler = |event| event.write("email");
    check(&[], &["id", "active", "password"]);
    check(&[write_what_is_set], &["id", "active", "password"]);
    check(&[change], &["id", "password"]);
    check(&[change, change_back], &["id", "active", "password"]);
    check(&[write], &["id", "password"]);
    check(&[write, write], &["id", "password"]);
    check(&[change, write, change_back], &["id", "password"]);
    check(&[|event| event.write("id"), write], &["password"]);
}

#[test]
fn later_handlers_see_what_is_unset() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let note = |event: &Creating<User>, journal: &Journal| journal.note(event.unset().join(" "));
    let notes = journal.clone();
    registry
        .on(move |event: &Creating<User>| note(event, &notes))
        .detach();
    registry
        .on(|event: &mut Creating<User>| event.write("active"))
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &mut Creating<User>| note(event, &notes))
        .detach();
    registry
        .on(|event: &mut Creating<User>| event.record.id = 7)
        .detach();
    let notes = journal.clone();
    registry
        .on_async(move |event: &Creating<User>| {
            note(event, &notes);
            async {}
        })
        .detach();
    let notes = journal.clone();
    registry
        .on_deferred(move |event: &Creating<User>| note(event, &notes))
        .detach();
    block_on(registry.emit_async(draft()));
    registry.queue().flush();
    assert_eq!(
        journal.take(),
        ["id active password", "id password", "password", "password"]
    );
}

#[subscriber]
async fn write_awaited(event: &mut Creating<User>) -> Result<(), UnknownColumn> {
    std::future::ready(()).await;
    event.write("active")
}

#[subscriber]
async fn write_unknown(event: &mut Creating<User>) -> Result<(), UnknownColumn> {
    event.write("pasword")
}

#[test]
fn an_awaited_subscriber_writes_a_placeholder() {
    let registry = Registry::with(subscribers![write_awaited]);
    let event = block_on(registry.emit_async(draft()));
    assert_eq!(event.unset(), ["id", "password"]);
}

#[test]
fn an_unknown_column_is_an_error_that_names_similar_ones_and_refuses_the_write() {
    let check = |column: &str, text: &str| {
        let mut event = draft();
        let error = event.write(column).expect_err("it is no draft column");
        assert_eq!(error.column(), column);
        let model = "the model `it::builtin::draft::User` has no column";
        assert_eq!(
            error
                .to_string()
                .replace(module_path!(), "it::builtin::draft"),
            format!("{model} {text}")
        );
        assert_eq!(event.unset(), ["id", "active", "password"], "{column}");
    };
    check("actve", "`actve`; did you mean `active`?");
    check("Email", "`Email`; did you mean `email`?");
    check(
        "zzzzzz",
        "`zzzzzz`; its columns are `id`, `email`, `active`, `password`",
    );
    check(
        "",
        "``; its columns are `id`, `email`, `active`, `password`",
    );
    check(
        "a\nb",
        r"`a\nb`; its columns are `id`, `email`, `active`, `password`",
    );
    let registry = Registry::with(subscribers![write_unknown]);
    let event = block_on(registry.emit_async(draft()));
    let reason = event.veto_reason().expect("it is refused");
    assert!(
        reason.ends_with("::write_unknown` returned an error"),
        "{reason}"
    );
}

#[test]
fn the_record_of_an_event_by_hand_is_written_as_a_whole() {
    let registry = Registry::new();
    registry
        .on(|event: &mut Creating<User>| {
            assert!(event.unset().is_empty());
            event.write("active")
        })
        .detach();
    let event = registry.emit(Creating::new(User::default()));
    assert!(!event.is_vetoed() && event.unset().is_empty());
}

#[test]
fn no_value_of_a_draft_is_in_a_text() {
    let mut event = draft();
    event.record.password = "hunter2".to_owned();
    assert_eq!(event.unset(), ["id", "active"]);
    let error = event.write("passwords").expect_err("it is unknown");
    let texts = format!("{event:?} {error} {error:?} {:?}", Creating::<User>::info());
    assert!(!texts.contains("hunter2"), "{texts}");
}
