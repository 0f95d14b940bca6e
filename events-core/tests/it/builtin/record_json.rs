//! Section 14: the events of a model as JSON, once that is registered.

use std::fmt::Debug;

use events_core::{
    AnyEvent, Event, EventCopy, Registry,
    record::{
        Created, Creating, Deleted, Deleting, Diff, JsonFields, Updated, Updating, register_copies,
        register_json,
    },
};
use serde::{Serialize, Serializer};

use crate::{Journal, block_on};

#[derive(Clone, Serialize)]
struct User {
    email: &'static str,
    #[serde(rename = "pwd")]
    password: &'static str,
    seen: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

fn ada() -> User {
    User {
        email: "b@x",
        password: "hunter2",
        seen: 7,
        note: None,
    }
}

fn register_user() {
    let fields = JsonFields::new().key("password", "pwd").secret("pwd");
    register_json::<User>(fields.skip("seen").optional("note"));
    register_json::<User>(JsonFields::new()); // the first one counts
}

fn diff() -> Diff {
    Diff::new()
        .field("email", "a@x", "b@x")
        .secret("password", "12345", "hunter2")
        .field("seen", &6, &7)
        .field("note", &Some("a"), &None)
        .field("full_name", "A", "B")
}

/// The JSON of an event in a sync subscriber.
fn json_of<E: Event>(event: E) -> Option<String> {
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let note = move |event: &dyn AnyEvent| {
        notes.note(
            event
                .to_json()
                .map_or("none".to_owned(), |json| json.to_string()),
        );
    };
    registry.on_topic(".*", note).expect("a pattern").detach();
    assert_eq!(
        registry.try_emit(event).map_or(0, |emitted| emitted.ran()),
        1
    );
    journal.take().pop().filter(|json| json != "none")
}

#[test]
fn each_of_the_six_events_is_an_object_without_secrets() {
    register_user();
    let record = r#""record":{"email":"b@x","pwd":"[redacted]"}"#;
    let changes = r#""diff":{"email":{"new":"b@x","old":"a@x"},"full_name":"[redacted]","note":{"new":null,"old":"a"},"pwd":"[redacted]"}"#;
    let plain = Some(format!("{{{record}}}"));
    let with_diff = Some(format!("{{{changes},{record}}}"));
    assert_eq!(json_of(Creating::new(ada())), plain);
    assert_eq!(json_of(Created::new(ada())), plain);
    assert_eq!(json_of(Updating::new(ada(), diff())), with_diff);
    assert_eq!(json_of(Updated::new(ada(), diff())), with_diff);
    assert_eq!(json_of(Deleting::new(ada())), plain);
    assert_eq!(json_of(Deleted::new(ada())), plain);
}

#[test]
fn copies_have_the_json_as_well() {
    register_user();
    register_copies::<User>();
    let (registry, journal) = (Registry::new(), Journal::default());
    let note = |event: &EventCopy, journal: &Journal| {
        let topic = event.topic().rsplit("::").next().expect("a topic");
        let json = event.to_json().expect("it is registered");
        journal.note(format!("{topic} {json}"));
    };
    let notes = journal.clone();
    registry
        .on_topic_async("events::db::.*", move |event: &EventCopy| {
            note(event, &notes);
            async {}
        })
        .expect("a pattern")
        .detach();
    let notes = journal.clone();
    registry
        .on_topic_deferred("events::db::.*", move |event: &EventCopy| {
            note(event, &notes);
        })
        .expect("a pattern")
        .detach();
    block_on(registry.emit_async(Created::new(ada())));
    block_on(registry.emit_async(Updated::new(ada(), Diff::new().field("email", "a", "b@x"))));
    registry.queue().flush();
    let record = r#""record":{"email":"b@x","pwd":"[redacted]"}"#;
    let created = format!("created {{{record}}}");
    let updated = format!(r#"updated {{"diff":{{"email":{{"new":"b@x","old":"a"}}}},{record}}}"#);
    let mut notes = journal.take();
    notes.sort();
    assert_eq!(notes, [created.clone(), created, updated.clone(), updated]);
}

#[derive(Clone, Serialize)]
struct Unregistered;

/// Is not `Serialize`.
struct Opaque;

#[test]
fn an_event_of_a_model_that_is_not_registered_has_no_json() {
    assert_eq!(json_of(Created::new(Unregistered)), None);
    assert_eq!(json_of(Updated::new(Opaque, diff())), None);
    register_user();
    assert_eq!(json_of(Created::new(Some(ada()))), None, "another model");
}

/// Whose `Serialize` writes the secret under another key.
struct ByHand;

impl Serialize for ByHand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("name", "Ada"), ("pass_word", "hunter2")])
    }
}

#[derive(Serialize)]
struct Tuple(&'static str);

#[derive(Serialize)]
struct Maybe {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'static str>,
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("hunter2"))
    }
}

#[test]
fn a_record_in_which_a_hidden_field_is_not_found_is_redacted_as_a_whole() {
    let redacted = r#"{"record":"[redacted]"}"#;
    register_json::<ByHand>(JsonFields::new().secret("password"));
    register_json::<Tuple>(JsonFields::new().skip("0"));
    register_json::<Fails>(JsonFields::new().secret("password"));
    assert_eq!(json_of(Created::new(ByHand)).as_deref(), Some(redacted));
    assert_eq!(
        json_of(Created::new(Tuple("hunter2"))).as_deref(),
        Some(redacted)
    );
    assert_eq!(json_of(Created::new(Fails)).as_deref(), Some(redacted));
    let diff = Diff::new().field("name", "a", "hunter2");
    assert_eq!(
        json_of(Updated::new(ByHand, diff)).as_deref(),
        Some(r#"{"diff":{"name":"[redacted]"},"record":"[redacted]"}"#)
    );
}

#[test]
fn an_optional_secret_may_be_missing() {
    register_json::<Maybe>(JsonFields::new().secret("token").optional("token"));
    let check = |token, record: &str| {
        let event = Created::new(Maybe { name: "Ada", token });
        assert_eq!(json_of(event), Some(format!(r#"{{"record":{record}}}"#)));
    };
    check(None, r#"{"name":"Ada"}"#);
    check(Some("hunter2"), r#"{"name":"Ada","token":"[redacted]"}"#);
}

#[derive(Serialize)]
struct Whole(u8);

#[test]
fn a_record_of_which_nothing_is_hidden_is_shown_whatever_it_is() {
    register_json::<Whole>(JsonFields::new());
    assert_eq!(
        json_of(Created::new(Whole(7))).as_deref(),
        Some(r#"{"record":7}"#)
    );
}

#[derive(Serialize)]
struct Value {
    value: (),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Shut,
}

fn check_values<T: PartialEq + ToOwned + Debug + ?Sized>(old: &T, new: &T, expected: &str)
where
    T::Owned: Debug + Send + Sync + 'static,
{
    check_diff(Diff::new().field("value", old, new), expected);
}

fn check_diff(diff: Diff, expected: &str) {
    register_json::<Value>(JsonFields::new());
    let json = json_of(Updating::new(Value { value: () }, diff));
    let record = r#""record":{"value":null}"#;
    assert_eq!(
        json,
        Some(format!(r#"{{"diff":{{"value":{expected}}},{record}}}"#))
    );
}

#[test]
fn the_values_of_a_diff_are_json_or_their_debug_text() {
    check_values(&1_u8, &2, r#"{"new":2,"old":1}"#);
    check_values("a", "b", r#"{"new":"b","old":"a"}"#);
    check_values(&"a", &"b", r#"{"new":"b","old":"a"}"#);
    check_values(&None, &Some('c'), r#"{"new":"c","old":null}"#);
    check_values(
        &-1_i64,
        &i64::MAX,
        r#"{"new":9223372036854775807,"old":-1}"#,
    );
    check_values(&f64::NAN, &0.5, r#"{"new":0.5,"old":null}"#);
    check_values(
        &i128::MAX,
        &0,
        r#"{"new":"0","old":"170141183460469231731687303715884105727"}"#,
    );
    check_values(&State::Open, &State::Shut, r#"{"new":"Shut","old":"Open"}"#);
    check_diff(
        Diff::new().json_field("value", &State::Open, &State::Shut),
        r#"{"new":"shut","old":"open"}"#,
    );
    check_diff(
        Diff::new().json_field("value", "a", "b"),
        r#"{"new":"b","old":"a"}"#,
    );
    check_diff(Diff::new().secret("value", &1, &2), r#""[redacted]""#);
}
