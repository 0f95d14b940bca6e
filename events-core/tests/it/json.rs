//! Section 1: events that are read as JSON by those who do not know their type.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use events_core::{AnyEvent, Event, Registry, args};
use serde::Serialize;
use serde_json::{Value, json};

/// What a subscriber to all topics reads of one event.
fn read(emit: impl FnOnce(&Registry)) -> Option<Value> {
    let registry = Registry::new();
    let read = Arc::new(Mutex::new(Vec::new()));
    let reads = Arc::clone(&read);
    let hear = move |event: &dyn AnyEvent| {
        reads.lock().expect("nobody panics").push(event.to_json());
    };
    registry
        .on_topic(".*", hear)
        .expect("it is a pattern")
        .detach();
    emit(&registry);
    let mut read = read.lock().expect("nobody panics");
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
fn an_event_that_is_marked_is_json_and_its_secrets_are_not_in_it() {
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
fn others_are_not() {
    check(Unmarked { number: 7 }, None);
    let read = read(|registry| drop(registry.emit_topic("a.topic", args! { number: 7 })));
    assert_eq!(read, None);
}

#[test]
fn a_field_that_cannot_be_json_spoils_no_other() {
    let odd = Odd {
        table: BTreeMap::from([(vec![1], 2)]),
        number: 7,
    };
    check(odd, json!({"table": "[not serializable]", "number": 7}));
}
