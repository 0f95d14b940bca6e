//! Sections 2 and 11: the arguments of a named event: `get`, secrets, and their JSON.

use std::{
    any::Any,
    cell::Cell,
    collections::{BTreeMap, HashMap, LinkedList},
    fmt::Debug,
    sync::{Arc, Mutex, RwLock},
};

use events_core::{
    AnyEvent, Event, Registry, args,
    emitting::{ArgError, Args},
};
use serde::Serialize;
use serde_json::{Value, json};

/// What a subscriber to all topics reads from an event.
pub(super) fn read<T: Send + 'static>(
    emit: impl FnOnce(&Registry),
    read: impl Fn(&dyn AnyEvent) -> T + Send + Sync + 'static,
) -> T {
    let registry = Registry::new();
    let found = Arc::new(Mutex::new(None));
    let finds = Arc::clone(&found);
    let handler = move |event: &dyn AnyEvent| {
        *finds.lock().expect("the lock is not poisoned") = Some(read(event));
    };
    registry
        .on_topic(".*", handler)
        .expect("a pattern")
        .detach();
    emit(&registry);
    let found = found.lock().expect("the lock is not poisoned").take();
    found.expect("the handler ran")
}

#[expect(clippy::needless_pass_by_value, reason = "it is a value of a table")]
fn check_get<T>(args: Args, expected: Result<T, ArgError>)
where
    T: Any + Clone + PartialEq + Debug + Send,
{
    assert_eq!(args.get::<T>("value"), expected);
    let found = read(
        |registry| drop(registry.emit_topic("named", args)),
        |event| event.get::<T>("value"),
    );
    assert_eq!(found, expected);
}

/// `value` is read as each of these, and not as any other number type.
macro_rules! check_numbers {
    ($($value:expr => $($as_type:ident)*, not $($wrong:ident)*;)*) => {
        $(
            $(check_get::<$as_type>(args! { value: $value }, Ok($value as $as_type));)*
            let found = std::any::type_name_of_val(&$value);
            $(check_get::<$wrong>(args! { value: $value }, Err(ArgError::WrongType { found }));)*
        )*
    };
}

#[test]
#[allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss
)]
#[allow(
    clippy::cast_sign_loss,
    clippy::unnecessary_cast,
    reason = "the table has all pairs"
)]
fn get_converts_a_number_if_nothing_is_lost() {
    check_numbers! {
        7_u8 => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64, not bool char String;
        7_i128 => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64, not bool;
        7.0_f64 => u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64, not bool;
        7.0_f32 => u8 u64 i8 f32 f64, not bool;
        -1_i64 => i8 i16 i32 i64 i128 isize f32 f64, not u8 u16 u32 u64 u128 usize;
        -1.0_f32 => i8 i128 f32 f64, not u8 u128;
        256_u16 => u16 u32 i16 i64 f32, not u8 i8;
        u64::MAX => u64 u128 i128, not i64 u32 f32 f64;
        1_u64 << 53 => f64 f32 i64, not u32;
        (1_u64 << 53) + 1 => i64 u128, not f64 f32;
        u128::MAX => u128, not i128 u64 f32 f64;
        i128::MIN => i128 f32 f64, not u128 i64;
        i64::MIN => i128 f32 f64, not u64 i32;
        7.5_f64 => f32 f64, not u8 i64;
        0.1_f64 => f64, not f32 u8;
        0.1_f32 => f32 f64, not u8;
        -0.0_f64 => f32 f64, not u8 i8 i128;
        f64::INFINITY => f32 f64, not u128 i128;
        f64::MAX => f64, not f32 u128 i128;
        340_282_366_920_938_463_463_374_607_431_768_211_456.0_f64 => f64, not f32 u128 i128;
        -170_141_183_460_469_231_731_687_303_715_884_105_728.0_f64 => i128 f32, not i64 u128;
        true => bool, not u8 f64;
    }
    let not_a_number = read(
        |registry| drop(registry.emit_topic("named", args! { value: f64::NAN })),
        |event| (event.get::<f32>("value"), event.get::<i32>("value")),
    );
    assert!(not_a_number.0.is_ok_and(f32::is_nan));
    assert!(not_a_number.1.is_err());
}

#[test]
fn get_reads_other_types_exactly_and_tells_a_missing_argument_from_one_of_another_type() {
    let found = |found| ArgError::WrongType { found };
    check_get::<&str>(args! { value: "text" }, Ok("text"));
    check_get::<String>(args! { value: String::from("text") }, Ok("text".to_owned()));
    check_get::<String>(args! { value: "text" }, Err(found("&str")));
    check_get::<u64>(args! { value: "7" }, Err(found("&str")));
    check_get::<Option<u8>>(args! { value: Some(7_u8) }, Ok(Some(7)));
    check_get::<Option<u8>>(args! { value: 7_u8 }, Err(found("u8")));
    check_get::<u8>(
        args! { value: Some(7_u8) },
        Err(found("core::option::Option<u8>")),
    );
    check_get::<u8>(args! { values: 7_u8 }, Err(ArgError::Missing));
    check_get::<u8>(args! {}, Err(ArgError::Missing));
    // Of several with one name, the last counts.
    check_get::<u8>(args! { value: "7" }.with("value", 7_u8), Ok(7));
    for (error, text) in [
        (
            ArgError::Missing,
            "the event has no argument or field of this name",
        ),
        (
            found("&str"),
            "the value is a `&str`, which does not convert to the requested type without a loss",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[derive(Event)]
#[event(topic = "named::typed")]
struct Typed<'a> {
    number: u32,
    text: &'a str,
    r#type: String,
    #[event(secret)]
    pin: u16,
}

#[derive(Event)]
#[event(topic = "named::pair")]
struct Pair<T: 'static>(T, i8);

#[derive(Event)]
#[event(topic = "named::choice")]
enum Choice {
    One,
}

#[test]
fn get_reads_the_fields_of_events_with_a_type() {
    #[expect(clippy::needless_pass_by_value, reason = "it is a value of a table")]
    fn check<T>(emit: impl FnOnce(&Registry), name: &'static str, expected: Result<T, ArgError>)
    where
        T: Any + Clone + PartialEq + Debug + Send,
    {
        assert_eq!(read(emit, move |event| event.get::<T>(name)), expected);
    }
    let typed = |registry: &Registry| {
        let event = registry.emit(Typed {
            number: 7,
            text: "text",
            r#type: "page".into(),
            pin: 1234,
        });
        assert_eq!((event.text, event.pin), ("text", 1234));
    };
    let pair = |registry: &Registry| drop(registry.emit(Pair(vec![1_u8], -1)));
    let wrong = |found| ArgError::WrongType { found };
    check::<u64>(typed, "number", Ok(7));
    check::<i8>(typed, "number", Ok(7));
    check::<String>(typed, "number", Err(wrong("u32")));
    check::<String>(typed, "type", Ok("page".to_owned()));
    check::<&str>(typed, "text", Err(wrong("&'a str")));
    check::<i64>(typed, "pin", Ok(1234));
    check::<u64>(typed, "count", Err(ArgError::Missing));
    check::<i64>(pair, "1", Ok(-1));
    check::<u64>(pair, "1", Err(wrong("i8")));
    check::<Vec<u8>>(pair, "0", Ok(vec![1]));
    check::<u8>(pair, "0", Err(wrong("T")));
    let choice = |registry: &Registry| _ = registry.emit(Choice::One);
    check::<u8>(choice, "One", Err(ArgError::Missing));
}

#[test]
fn a_secret_argument_is_read_by_its_name_and_shown_in_no_text() {
    let args = || {
        args! { user: 7, secret password: "hunter2", secret secret: "hunter3", r#type: 1 }
            .with_secret("token", "hunter4")
    };
    let shown = "user: .., password: [redacted], secret: [redacted], type: .., token: [redacted]";
    let texts = read(
        |registry| drop(registry.emit_topic("named", args())),
        |event| {
            assert_eq!(event.get::<&str>("password"), Ok("hunter2"));
            assert_eq!(event.arg::<&str>("secret"), Some(&"hunter3"));
            assert_eq!(event.arg::<&str>("token"), Some(&"hunter4"));
            [format!("{event:?}"), format!("{:?}", event.to_json())]
        },
    );
    assert_eq!(texts[0], format!("named {{ {shown} }}"));
    assert!(!texts[1].contains("hunter"), "{}", texts[1]);
    assert_eq!(format!("{:?}", args()), format!("Args {{ {shown} }}"));

    let registry = Registry::new();
    let fails = |_: &dyn AnyEvent| Err::<(), _>("no");
    registry.on_topic(".*", fails).expect("a pattern").detach();
    let error = registry
        .try_emit_topic("named", args())
        .expect_err("it fails");
    registry.queue().set_capacity(1);
    registry
        .enqueue_topic("named", args())
        .expect("there is room");
    let refused = registry
        .enqueue_topic("named", args())
        .expect_err("it is full");
    for text in [format!("{error:?}{error}"), format!("{refused:?}{refused}")] {
        assert!(!text.contains("hunter"), "{text}");
    }
}

/// Not `Serialize`.
struct Plain;

#[derive(Serialize, Clone)]
struct User {
    name: &'static str,
}

#[derive(Event, Serialize, Clone)]
#[event(topic = "named::login", serialize)]
struct Login {
    user: u32,
    #[event(secret)]
    pin: u32,
}

/// It hides something and is not marked `serialize`.
#[derive(Event, Serialize, Clone)]
#[event(topic = "named::hidden")]
struct Hidden {
    #[event(secret)]
    pin: u32,
}

fn check_json(args: Args, expected: &Value) {
    let found = read(
        |registry| drop(registry.emit_topic("named", args)),
        |event| event.to_json(),
    );
    assert_eq!(found.as_ref(), Some(expected));
}

#[test]
fn an_event_in_a_container_hides_its_secrets() {
    let login = || Login { user: 7, pin: 1234 };
    let hidden = json!({"user": 7, "pin": "[redacted]"});
    for (args, expected) in [
        (args! { it: Mutex::new(login()) }, hidden.clone()),
        (args! { it: Arc::new(RwLock::new(login())) }, hidden.clone()),
        (args! { it: LinkedList::from([login()]) }, json!([hidden])),
        (
            args! { it: Ok::<_, String>(login()) },
            json!({"Ok": hidden}),
        ),
        (args! { it: Err::<Login, _>("no") }, json!({"Err": "no"})),
    ] {
        check_json(args, &json!({"it": expected}));
    }
}

fn generic<T: Send + Sync + 'static>(value: T) -> Args {
    args! { value: value, number: 1 }
}

fn serialize<T: Serialize + Send + Sync + 'static>(value: T) -> Args {
    args! { value: value, number: 1 }
}

#[test]
fn the_arguments_that_are_serialize_are_in_the_json() {
    let login = Login { user: 7, pin: 1234 };
    assert_eq!(login.pin, Hidden { pin: 1234 }.pin);
    let name = "ada";
    check_json(args! {}, &json!({}));
    check_json(
        args! { user: User { name }, plain: Plain },
        &json!({"user": {"name": "ada"}}),
    );
    check_json(
        args! { number: 7, r#type: 0.5, text: name },
        &json!({"number": 7, "type": 0.5, "text": "ada"}),
    );
    check_json(
        args! { list: vec![Some(1), None], boxed: Box::<str>::from("a") },
        &json!({"list": [1, null], "boxed": "a"}),
    );
    check_json(args! { plain: vec![Plain], user: 7 }, &json!({"user": 7}));
    check_json(
        args! { map: HashMap::from([(1, 2)]) },
        &json!({"map": {"1": 2}}),
    );
    check_json(
        args! { odd: BTreeMap::from([(vec![1], 2)]), user: 7 },
        &json!({"odd": "[not serializable]", "user": 7}),
    );
    // An event that is an argument hides its own secrets.
    check_json(
        args! { login: login.clone() },
        &json!({"login": {"user": 7, "pin": "[redacted]"}}),
    );
    check_json(
        args! { logins: vec![Arc::new(login)] },
        &json!({"logins": [{"user": 7, "pin": "[redacted]"}]}),
    );
    check_json(
        args! { hidden: Some(Hidden { pin: 1234 }) },
        &json!({"hidden": "[redacted]"}),
    );
    check_json(
        args! { secret pin: 1234, secret plain: Plain },
        &json!({"pin": "[redacted]", "plain": "[redacted]"}),
    );
    // Where the type is generic, the value is left out, unless a bound shows that it is `Serialize`.
    check_json(generic("text"), &json!({"number": 1}));
    check_json(serialize("text"), &json!({"number": 1, "value": "text"}));
    check_json(args! { user: 7 }.with("other", 8), &json!({"user": 7}));
    // Of several with one name, the last counts.
    check_json(
        args! { user: 7, other: 1 }.with("user", 8),
        &json!({"other": 1}),
    );
    check_json(
        args! { user: 7 }.with_secret("user", 8),
        &json!({"user": "[redacted]"}),
    );
}

#[test]
fn a_clone_of_the_arguments_shares_their_values() {
    let drops = Arc::new(());
    let args = args! { held: Arc::clone(&drops) };
    let shared = args.clone().with("more", 1);
    assert_eq!(Arc::strong_count(&drops), 2);
    drop(args);
    assert!(shared.arg::<Arc<()>>("held").is_some());
    drop(shared);
    assert_eq!(Arc::strong_count(&drops), 1);
}

#[test]
fn values_that_are_send_and_sync_are_enough() {
    fn is<T: Send + Sync + 'static>(_: &T) {}
    let args = args! { cell: Mutex::new(Cell::new(1)) };
    is(&args);
    is(&Registry::new().emit_topic_async("named", args));
}
