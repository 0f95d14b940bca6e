//! Section 1: events as JSON, for handlers that do not have the type of the event.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use events_core::{AnyEvent, Event, Registry};
use serde::Serialize;
use serde_json::{Value, json};

/// The JSON that a subscriber to all topics reads from one event.
pub(super) fn read(emit: impl FnOnce(&Registry)) -> Option<Value> {
    let registry = Registry::new();
    let read = Arc::new(Mutex::new(Vec::new()));
    let reads = Arc::clone(&read);
    let handler = move |event: &dyn AnyEvent| {
        reads
            .lock()
            .expect("the lock is not poisoned")
            .push(event.to_json());
    };
    registry
        .on_topic(".*", handler)
        .expect("it is a pattern")
        .detach();
    emit(&registry);
    let mut read = read.lock().expect("the lock is not poisoned");
    assert_eq!(read.len(), 1);
    read.pop().flatten()
}

fn check(event: impl Event, expected: impl Into<Option<Value>>) {
    let read = read(|registry| drop(registry.try_emit(event)));
    assert_eq!(read, expected.into());
}

/// Not `Serialize`.
struct Key;

#[derive(Event)]
#[event(serialize)]
struct Login<'a> {
    user: &'a str,
    r#type: Option<u8>,
    tags: Vec<String>,
    #[event(secret)]
    key: Key,
}

#[derive(Event)]
#[event(serialize)]
struct Pair<T: Serialize + 'static>(T, #[event(secret)] u32);

#[derive(Event)]
#[event(serialize)]
struct Ping;

#[derive(Event, Serialize)]
#[event(serialize)]
#[serde(rename_all = "lowercase")]
enum Door {
    Open,
    Ajar { degrees: u8 },
}

#[derive(Event)]
struct Unmarked {
    number: u32,
}

#[derive(Event)]
#[event(serialize)]
struct Odd {
    table: BTreeMap<Vec<u8>, u8>,
    number: u8,
}

#[test]
fn an_event_marked_with_serialize_is_readable_as_json_without_its_secrets() {
    let user = String::from("ada");
    let login = Login {
        user: &user,
        r#type: Some(1),
        tags: vec!["new".into()],
        key: Key,
    };
    let expected = json!({"user": "ada", "type": 1, "tags": ["new"], "key": "[redacted]"});
    check(login, expected);
    check(Pair("a", 7), json!(["a", "[redacted]"]));
    check(Ping, Value::Null);
    check(Door::Open, json!("open"));
    check(Door::Ajar { degrees: 7 }, json!({"ajar": {"degrees": 7}}));
}

#[test]
fn other_events_have_no_json() {
    check(Unmarked { number: 7 }, None);
}

#[test]
fn a_field_that_cannot_be_serialized_does_not_affect_other_fields() {
    let odd = Odd {
        table: BTreeMap::from([(vec![1], 2)]),
        number: 7,
    };
    check(odd, json!({"table": "[not serializable]", "number": 7}));
}
