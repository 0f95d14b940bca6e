//! Section 1: topics of events, the types that can be events, and their metadata.

use std::rc::Rc;

use events_core::{Event, Registry, Subscription, info::EventInfo};

/// User logs in for the first time.
///
/// More of it.
#[derive(Event, Debug, Clone, PartialEq)]
struct FirstLogin {
    user: u64,
    #[event(secret)]
    token: Vec<u8>,
    r#type: String,
}

#[derive(Event)]
#[event(topic = "user.second_login")]
struct SecondLogin;

#[derive(Event)]
struct Moved(i32, #[event(secret)] i32);

#[derive(Event)]
enum Door {
    Open,
    Closed { by: &'static str },
}

#[derive(Event)]
struct Page<T, const N: usize>
where
    T: Clone + Send,
{
    items: [T; N],
}

#[derive(Event)]
struct Request<'a> {
    path: &'a str,
    visits: &'a mut u32,
}

#[derive(Event)]
struct Wrapped<'a, T: ToString> {
    value: &'a T,
    text: String,
}

#[derive(Event)]
struct Shared(Rc<std::cell::Cell<u32>>);

mod inner {
    #[derive(events_core::Event)]
    pub(super) struct r#Match;
}

#[test]
fn the_default_topic_is_the_module_path_and_the_name() {
    assert_eq!(FirstLogin::topic(), "it::event::events::FirstLogin");
    assert_eq!(Door::topic(), "it::event::events::Door");
    assert_eq!(inner::Match::topic(), "it::event::events::inner::Match");
}

#[test]
fn a_topic_can_be_set() {
    assert_eq!(SecondLogin::topic(), "user.second_login");
}

#[test]
fn all_instances_of_a_generic_event_share_one_topic() {
    assert_eq!(Page::<u8, 1>::topic(), "it::event::events::Page");
    assert_eq!(Page::<String, 2>::topic(), "it::event::events::Page");
}

#[test]
fn the_lifetime_of_an_event_is_not_in_its_topic() {
    assert_eq!(Request::topic(), "it::event::events::Request");
}

#[test]
fn event_info_describes_an_event_type() {
    let info = FirstLogin::info();
    assert_eq!(info.name(), "FirstLogin");
    assert_eq!(info.module(), "it::event::events");
    assert_eq!(info.crate_name(), "it");
    assert_eq!(info.location().to_string(), concat!(file!(), ":11"));
    assert_eq!(info.location().column(), 8);
    assert_eq!(
        info.docs(),
        "User logs in for the first time.\n\nMore of it."
    );
    check_fields(
        info,
        &[
            ("user", "u64", false),
            ("token", "Vec<u8>", true),
            ("type", "String", false),
        ],
    );
    check_fields(Moved::info(), &[("0", "i32", false), ("1", "i32", true)]);
    check_fields(SecondLogin::info(), &[]);
    check_fields(Door::info(), &[]);
    assert_eq!(Door::info().docs(), "");
}

fn check_fields(info: &EventInfo, expected: &[(&str, &str, bool)]) {
    let actual = info.fields().map(|field| {
        (
            field.name(),
            field.type_name().replace(' ', ""),
            field.is_secret(),
        )
    });
    let expected = expected
        .iter()
        .map(|&(name, ty, secret)| (name, ty.to_owned(), secret));
    assert!(actual.eq(expected), "{info:?}");
}

#[test]
fn all_linked_events_are_listed_in_order_of_topic() {
    let topics: Vec<_> = events_core::events()
        .iter()
        .map(|event| event.topic())
        .collect();
    for topic in [
        FirstLogin::topic(),
        SecondLogin::topic(),
        Page::<u8, 1>::topic(),
        Request::topic(),
    ] {
        assert!(topics.contains(&topic), "{topic} is not in {topics:?}");
    }
    assert!(topics.is_sorted());
}

#[test]
fn structs_tuples_units_and_enums_can_be_events() {
    let registry = Registry::new();
    let _subscriptions: [Subscription; 4] = [
        registry.on(|event: &mut FirstLogin| event.user += 1),
        registry.on(|event: &mut Moved| event.1 = event.0),
        registry.on(|_: &SecondLogin| {}),
        registry.on(|event: &mut Door| {
            *event = match event {
                Door::Open => Door::Closed { by: "wind" },
                Door::Closed { .. } => Door::Open,
            };
        }),
    ];
    let login = FirstLogin {
        user: 1,
        token: vec![1],
        r#type: "x".into(),
    };
    assert_eq!(
        registry.emit(login.clone()),
        FirstLogin { user: 2, ..login }
    );
    assert_eq!(registry.emit(Moved(3, 4)).1, 3);
    assert_eq!(
        registry
            .try_emit(SecondLogin)
            .expect("no handler fails")
            .ran(),
        1
    );
    assert!(matches!(
        registry.emit(Door::Open),
        Door::Closed { by: "wind" }
    ));
    assert!(matches!(
        registry.emit(Door::Closed { by: "hand" }),
        Door::Open
    ));
}

#[test]
fn each_instance_of_a_generic_event_has_its_own_subscribers() {
    let registry = Registry::new();
    let _small = registry.on(|event: &mut Page<u8, 1>| event.items[0] += 1);
    let _large = registry.on(|event: &mut Page<u8, 2>| event.items[1] += 10);
    assert_eq!(registry.emit(Page { items: [1_u8] }).items, [2]);
    assert_eq!(registry.emit(Page { items: [1_u8, 1] }).items, [1, 11]);
    assert_eq!(registry.emit(Page { items: ['a'] }).items, ['a']);
}

#[test]
fn an_event_can_borrow() {
    let registry = Registry::new();
    let _count = registry.on_borrowed::<Request<'_>>(|event| {
        *event.visits += u32::try_from(event.path.len()).expect("a short path");
    });
    let path = String::from("/home");
    let mut visits = 1;
    registry.emit(Request {
        path: &path,
        visits: &mut visits,
    });
    assert_eq!(visits, 6);
    let request = Request::builder().path("/").visits(&mut visits).build();
    *registry
        .try_emit(request)
        .expect("no handler fails")
        .into_event()
        .visits += 100;
    assert_eq!(visits, 107);
}

#[test]
fn an_event_can_borrow_and_be_generic() {
    let registry = Registry::new();
    let _text =
        registry.on_borrowed::<Wrapped<'_, u8>>(|event| event.text = event.value.to_string());
    let value = 7_u8;
    let wrapped = Wrapped::builder().value(&value).text(String::new()).build();
    assert_eq!(registry.emit(wrapped).text, "7");
}

#[test]
fn an_event_need_be_neither_send_nor_sync_nor_clone_nor_debug() {
    let registry = Registry::new();
    let _set = registry.on(|event: &Shared| event.0.set(event.0.get() + 1));
    let cell = Rc::new(std::cell::Cell::new(1));
    registry.emit(Shared(Rc::clone(&cell)));
    assert_eq!(cell.get(), 2);
}

/// An event whose tokens all come from the macro, except for the names.
macro_rules! event_of {
    ($name:ident, $field:ident) => {
        #[derive(Event)]
        struct $name {
            #[event(into)]
            $field: u64,
            #[event(default)]
            value: Option<u8>,
        }
    };
}

event_of!(MacroDeclared, origin);

#[test]
fn an_event_can_be_declared_by_a_macro() {
    let registry = Registry::new();
    let _add = registry.on(|event: &mut MacroDeclared| event.origin += 1);
    let _scope = registry.enter();
    assert_eq!(
        MacroDeclared::builder()
            .origin(1_u8)
            .maybe_value(None)
            .emit()
            .origin,
        2
    );
    assert_eq!(MacroDeclared::topic(), "it::event::events::MacroDeclared");
    assert_eq!(
        events_core::emit!(MacroDeclared, origin = 1_u8, value = Some(1)).value,
        Some(1)
    );
}

macro_rules! event_with {
    ($ty:ty, $length:expr) => {
        #[derive(Event)]
        struct Typed {
            _call: extern "C" fn(u8) -> $ty,
            _bound: Box<dyn for<'a> Fn(&'a mut $ty) -> &'a [u8] + Send>,
            _array: [u8; $length],
            _block: [u8; { -1_i32 as usize & 1 << 2 }],
            _compared: [u8; (LIMIT >= 2 && $length < 3) as usize],
            _path: <[$ty] as std::ops::Index<usize>>::Output,
        }
    };
}

const LIMIT: usize = 2;

event_with!(Option<&'static u8>, 1 + 2);

#[test]
fn the_types_of_fields_read_as_they_were_written() {
    let types: Vec<_> = Typed::info()
        .fields()
        .map(|field| field.type_name())
        .collect();
    assert_eq!(
        types,
        [
            "extern \"C\" fn(u8) -> Option<&'static u8>",
            "Box<dyn for<'a> Fn(&'a mut Option<&'static u8>) -> &'a [u8] + Send>",
            "[u8; 1 + 2]",
            "[u8; { -1_i32 as usize & 1 << 2 }]",
            "[u8; (LIMIT >= 2 && 1 + 2 < 3) as usize]",
            "<[Option<&'static u8>] as std::ops::Index<usize>>::Output",
        ]
    );
}
