//! Section 1: the keyword builder and `emit!`. What does not compile is in `tests/ui`.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use events_core::{
    Event, Origin, Registry,
    builder::{Build, Set, Unset},
    emit,
    info::Key,
};

use crate::block_on;

#[derive(Event, Debug, Clone, PartialEq, Default)]
struct FirstLogin {
    user: u64,
    /// The address of the user.
    #[event(into)]
    ip: String,
    #[event(default)]
    attempts: u32,
    #[event(default = 3 + 4)]
    limit: u32,
    #[event(into, default = "system")]
    by: String,
    referrer: Option<String>,
    #[event(into)]
    agent: Option<String>,
    #[event(required)]
    parent: Option<u64>,
}

fn minimal() -> FirstLogin {
    FirstLogin::builder().parent(None).ip("::1").user(7).build()
}

#[test]
fn fields_are_set_by_name_in_any_order() {
    let other = FirstLogin::builder().user(7).ip("::1").parent(None).build();
    assert_eq!(other, minimal());
}

#[test]
fn a_setter_of_an_into_field_converts_its_argument() {
    assert_eq!(minimal().ip, "::1");
    let agent = FirstLogin::builder()
        .user(1)
        .ip('x')
        .parent(None)
        .agent("curl")
        .build()
        .agent;
    assert_eq!(agent.as_deref(), Some("curl"));
}

#[test]
fn a_field_that_is_not_set_has_its_default() {
    let FirstLogin {
        attempts,
        limit,
        by,
        ..
    } = minimal();
    assert_eq!((attempts, limit, by.as_str()), (0, 7, "system"));
    let set = FirstLogin::builder()
        .user(1)
        .ip("")
        .parent(None)
        .attempts(1)
        .limit(2)
        .by("me")
        .build();
    assert_eq!((set.attempts, set.limit, set.by.as_str()), (1, 2, "me"));
}

#[test]
fn an_option_field_can_be_left_out() {
    assert_eq!(minimal().referrer, None);
    let set = FirstLogin::builder()
        .user(1)
        .ip("")
        .parent(None)
        .referrer("home".into())
        .build();
    assert_eq!(set.referrer.as_deref(), Some("home"));
}

#[test]
fn a_required_option_field_is_set_to_an_option() {
    assert_eq!(
        FirstLogin::builder()
            .user(1)
            .ip("")
            .parent(Some(4))
            .build()
            .parent,
        Some(4)
    );
}

#[test]
fn a_maybe_setter_takes_an_option() {
    let build = |referrer: Option<&str>, attempts: Option<u32>, by: Option<&'static str>| {
        FirstLogin::builder()
            .user(7)
            .ip("::1")
            .parent(None)
            .maybe_referrer(referrer.map(String::from))
            .maybe_agent(referrer)
            .maybe_attempts(attempts)
            .maybe_by(by)
            .build()
    };
    assert_eq!(build(None, None, None), minimal());
    let set = build(Some("home"), Some(9), Some("me"));
    assert_eq!(set.referrer.as_deref(), Some("home"));
    assert_eq!(set.agent.as_deref(), Some("home"));
    assert_eq!((set.attempts, set.by.as_str()), (9, "me"));
}

#[test]
fn the_type_of_a_builder_can_be_named() {
    #[derive(Event)]
    struct Pair {
        left: u8,
        #[event(default)]
        right: u8,
    }
    fn left(builder: PairBuilder) -> PairBuilder<Set, Unset> {
        builder.left(1)
    }
    fn any<B: Build<Event = Pair>>(builder: B) -> Pair {
        builder.build()
    }
    let pair = any(left(Pair::builder()).right(2));
    assert_eq!((pair.left, pair.right), (1, 2));
    assert_eq!(any(left(Pair::builder())).right, 0);
}

#[test]
fn a_builder_can_emit_its_event() {
    fn checkout() {}
    let registry = Registry::new();
    let _any = registry.on(|event: &mut FirstLogin| event.attempts += 1);
    let _from = registry
        .subscribe(|event: &mut FirstLogin| event.attempts += 10)
        .origin(checkout)
        .register()
        .expect("no options clash");
    let _scope = registry.enter();
    let builder = || FirstLogin::builder().user(7).ip("::1").parent(None);
    assert_eq!(builder().emit().attempts, 1);
    assert_eq!(builder().build().emit_from(checkout).attempts, 11);
    assert_eq!(builder().try_emit().expect("no handler fails").attempts, 1);
    assert_eq!(
        builder()
            .build()
            .try_emit_from(checkout)
            .expect("no handler fails")
            .attempts,
        11
    );
}

#[test]
fn a_builder_can_emit_its_event_with_an_origin() {
    fn checkout() {}
    let registry = Registry::new();
    let from = |origin: Origin| {
        registry
            .subscribe(|event: &mut FirstLogin| event.attempts += 10)
            .origin(origin)
    };
    let _function = from(Key::of_value(&checkout).into()).register();
    let _text = from("billing".into()).register();
    let _scope = registry.enter();
    let builder = || FirstLogin::builder().user(7).ip("::1").parent(None);
    assert_eq!(builder().emit_from(checkout).attempts, 10);
    assert_eq!(builder().emit_from("billing").attempts, 10);
    assert_eq!(builder().emit_from(Origin::from("other")).attempts, 0);
    let emitted = builder().try_emit_from(checkout).expect("no handler fails");
    assert_eq!(emitted.attempts, 10);
    let event = block_on(builder().emit_async_from(checkout));
    assert_eq!(event.attempts, 10);
    let emitted = block_on(builder().try_emit_async_from(checkout));
    assert_eq!(emitted.expect("no handler fails").attempts, 10);
    let (attempts, sees) = (Arc::new(AtomicU32::new(0)), registry.clone());
    let seen = Arc::clone(&attempts);
    let _last = sees.on(move |event: &FirstLogin| seen.store(event.attempts, Ordering::Relaxed));
    builder().enqueue_from(checkout).expect("there is room");
    registry.queue().flush();
    assert_eq!(attempts.load(Ordering::Relaxed), 10);
}

#[test]
fn a_builder_of_a_generic_or_borrowing_event_can_emit_with_an_origin() {
    #[derive(Event)]
    struct Sheet<T: Clone> {
        items: Vec<T>,
    }
    #[derive(Event)]
    struct Lent<'a> {
        text: &'a mut String,
    }
    let registry = Registry::new();
    let _page = registry.on(|page: &mut Sheet<u8>| page.items.push(1));
    let _lent = registry.on_borrowed::<Lent<'_>>(|lent| lent.text.push('!'));
    let _scope = registry.enter();
    assert_eq!(
        Sheet::<u8>::builder()
            .items(vec![0])
            .emit_from("here")
            .items,
        [0, 1]
    );
    let mut text = String::from("hello");
    Lent::builder().text(&mut text).emit_from("here");
    assert_eq!(text, "hello!");
}

#[test]
fn the_emit_macro_builds_and_emits_an_event_from_keywords() {
    fn checkout() {}
    let registry = Registry::new();
    let _from = registry
        .subscribe(|event: &mut FirstLogin| event.attempts += 10)
        .origin(checkout)
        .register()
        .expect("no options clash");
    let _scope = registry.enter();
    let event: FirstLogin = emit!(FirstLogin, user = 7, ip = "::1", parent = None);
    assert_eq!(event, minimal());
    let event = emit!(FirstLogin, ip = "::1", parent = None, user = 3 + 4,; origin = checkout);
    assert_eq!(event.attempts, 10);
    let event = emit!(FirstLogin, ip = "::1", parent = None, user = 7; origin = "checkout");
    assert_eq!(event.attempts, 0);
}

#[derive(Event, Debug, PartialEq)]
struct Awkward {
    build: u8,
    emit: u8,
    emit_from: Option<u8>,
    try_emit: u8,
    builder: u8,
    topic: u8,
    self_: u8,
    value: u8,
    r#type: u8,
    r#match: Option<u8>,
    maybe_match: u8,
}

#[test]
fn fields_can_be_named_like_methods_and_keywords() {
    let by_builder = Awkward::builder()
        .build(1)
        .emit(2)
        .try_emit(3)
        .builder(4)
        .topic(5)
        .self_(6)
        .value(7)
        .r#type(8)
        .r#match(9)
        .maybe_match(10);
    let built = by_builder.build();
    assert_eq!(built.r#match, Some(9));
    assert_eq!(built.emit_from, None);
    let by_keyword = emit!(
        Awkward,
        build = 1,
        emit = 2,
        try_emit = 3,
        builder = 4,
        topic = 5,
        self_ = 6,
        value = 7,
        r#type = 8,
        r#match = 9,
        maybe_match = 10
    );
    assert_eq!(by_keyword, built);
}

#[test]
fn a_field_named_like_a_finisher_hides_it_until_the_field_is_set() {
    #[derive(Event)]
    struct Only {
        emit: u8,
    }
    #[derive(Event)]
    struct OnlyFrom {
        emit_from: u8,
    }
    let registry = Registry::new();
    let _add = registry.on(|event: &mut Only| event.emit += 1);
    let _add_from = registry.on(|event: &mut OnlyFrom| event.emit_from += 1);
    let _scope = registry.enter();
    assert_eq!(Only::builder().emit(1).emit().emit, 2);
    // `emit_from` is a method of a trait, which the builder's own setter hides for good.
    let event = events_core::builder::EmitFrom::emit_from(OnlyFrom::builder().emit_from(1), "here");
    assert_eq!(event.emit_from, 2);
}

#[test]
fn generic_events_have_a_builder() {
    #[derive(Event)]
    struct Page<T: Clone, const N: usize = 1>
    where
        T: Send,
    {
        items: [T; N],
        #[event(default)]
        first: Option<T>,
    }
    assert_eq!(Page::builder().items(["a"]).build().items, ["a"]);
    assert_eq!(
        emit!(Page<u8, 2>, items = [1, 2], first = Some(1)).first,
        Some(1)
    );
    assert_eq!(emit!(Page::<_, 1>, items = ['x']).items, ['x']);
}

#[test]
fn unit_structs_have_a_builder() {
    #[derive(Event, Debug, PartialEq)]
    struct Ping;
    #[derive(Event, Debug, PartialEq)]
    struct Empty {}
    assert_eq!(emit!(Ping), Ping);
    assert_eq!(Ping::builder().emit(), Ping);
    assert_eq!(Empty::builder().build(), Empty {});
}

#[test]
fn a_deprecated_field_does_not_warn_in_generated_code() {
    #[derive(Event)]
    struct Old {
        /// Kept for compatibility.
        #[deprecated = "say `new`"]
        #[event(default)]
        _old: u8,
        new: u8,
    }
    assert_eq!(Old::builder().new(1).build().new, 1);
}

#[derive(Event)]
struct Line(u8);

impl Line {
    fn builder() -> u8 {
        1
    }
}

#[test]
fn an_event_may_have_a_function_builder_of_its_own() {
    assert_eq!(Line(1).emit().0, Line::builder());
}

trait Shop {
    type Placed;
}

struct Kiosk;

impl Shop for Kiosk {
    type Placed = FirstLogin;
}

fn emit_in<S: Shop<Placed = FirstLogin>>() -> FirstLogin {
    emit!(S::Placed, user = 7, ip = "::1", parent = None)
}

/// The path of an associated type has the form of the path of a variant.
#[test]
fn emit_builds_an_event_that_is_an_associated_type() {
    assert_eq!(emit_in::<Kiosk>(), minimal());
}

/// The derive imports the trait in the module of the event; another module imports it by itself.
mod elsewhere {
    use events_core::{Registry, builder::EmitFrom};

    use super::FirstLogin;
    use crate::block_on;

    #[test]
    fn a_builder_emits_with_an_origin_outside_of_the_events_module() {
        let registry = Registry::new();
        let new = registry.subscribe(|event: &mut FirstLogin| event.attempts += 1);
        let subscription = new.origin("elsewhere").register();
        let _subscription = subscription.expect("it is the only one");
        let _scope = registry.enter();
        let builder = || FirstLogin::builder().parent(None).ip("::1").user(7);
        assert_eq!(builder().emit_from("elsewhere").attempts, 1);
        assert_eq!(builder().emit_from("nowhere").attempts, 0);
        let emitted = builder().try_emit_from("elsewhere");
        assert_eq!(emitted.expect("no handler fails").ran(), 1);
        assert_eq!(block_on(builder().emit_async_from("elsewhere")).attempts, 1);
        let emitted = block_on(builder().try_emit_async_from("elsewhere"));
        assert_eq!(emitted.expect("no handler fails").ran(), 1);
        let enqueued = builder().enqueue_from("elsewhere");
        enqueued.expect("there is room");
        assert_eq!(registry.queue().flush().ran(), 1);
    }
}
