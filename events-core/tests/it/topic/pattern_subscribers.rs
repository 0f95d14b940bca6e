//! Sections 2 and 4: pattern subscribers, and named events.

use std::sync::Arc;

use events_core::{AnyEvent, Emission, Event, Registry, args, emit_topic, try_emit_topic};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "shop::orders::placed")]
struct OrderPlaced {
    number: u32,
    #[event(secret)]
    card: String,
}

#[derive(Event)]
#[event(topic = "shop::returns")]
struct Returned(u32);

#[derive(Event)]
#[event(topic = "shop::generic")]
struct Generic<T>(T);

#[expect(dead_code, reason = "a borrowed field cannot be read by its name")]
#[derive(Event)]
#[event(topic = "shop::borrowed")]
struct Borrowed<'a> {
    text: &'a str,
    length: usize,
}

fn order(number: u32) -> OrderPlaced {
    OrderPlaced {
        number,
        card: "4711".into(),
    }
}

/// A handler that notes its name and the topic.
fn note(name: &'static str, journal: &Journal) -> impl Fn(&dyn AnyEvent) + Send + Sync + use<> {
    let journal = journal.clone();
    move |event| journal.note(format!("{name} {}", event.topic()))
}

#[test]
fn pattern_subscribers_receive_typed_events_of_all_kinds_by_their_topic() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_topic("shop::.*", note("any", &journal))
        .expect("a pattern")
        .detach();
    registry
        .on_topic("elsewhere::.*", note("other", &journal))
        .expect("a pattern")
        .detach();
    registry.emit(order(1));
    registry.emit(Returned(1));
    registry.emit(Generic(1_u8));
    registry.emit(Generic("text"));
    registry.emit(Borrowed {
        text: "hello",
        length: 5,
    });
    assert!(
        registry
            .try_emit(order(2))
            .is_ok_and(|emitted| emitted.ran() == 1)
    );
    block_on(registry.emit_async(order(3)));
    registry.enqueue(order(4)).expect("there is room");
    registry.queue().flush();
    assert_eq!(
        journal.take(),
        [
            "any shop::orders::placed",
            "any shop::returns",
            "any shop::generic",
            "any shop::generic",
            "any shop::borrowed",
            "any shop::orders::placed",
            "any shop::orders::placed",
            "any shop::orders::placed",
        ]
    );
}

#[test]
fn any_event_gives_access_to_topic_origin_fields_and_concrete_type() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent, emission: &Emission| {
        assert_eq!(event.topic(), emission.topic());
        assert_eq!(event.origin(), emission.origin());
        let number = event
            .downcast_ref::<OrderPlaced>()
            .map(|order| order.number);
        assert_eq!(number.as_ref(), event.arg::<u32>("number"));
        assert_eq!(event.arg::<u64>("number"), None);
        assert_eq!(event.arg::<u32>("nothing"), None);
        let origin = event.origin().map(ToString::to_string);
        notes.note(format!("{number:?} {origin:?} {event:?}"));
    };
    registry
        .on_topic("shop::orders::.*", handler)
        .expect("a pattern")
        .detach();
    registry.emit_from(order(7), "desk");
    assert_eq!(
        journal.take(),
        [r#"Some(7) Some("desk") shop::orders::placed { number: .., card: [redacted] }"#]
    );
}

#[test]
fn fields_of_tuples_and_owned_fields_of_borrowing_events_are_arguments() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent| {
        let first = event.arg::<u32>("0");
        let length = event.arg::<usize>("length");
        let text = event.arg::<&str>("text");
        notes.note(format!("{first:?} {length:?} {text:?}"));
    };
    registry
        .on_topic(".*", handler)
        .expect("a pattern")
        .detach();
    registry.emit(Returned(3));
    let text = String::from("hello");
    let length = text.len();
    registry.emit(Borrowed {
        text: &text,
        length,
    });
    assert_eq!(journal.take(), ["Some(3) None None", "None Some(5) None"]);
}

#[test]
fn exact_and_pattern_subscribers_share_one_order() {
    let registry = Registry::new();
    let journal = Journal::default();
    let typed = |name: &'static str| {
        let journal = journal.clone();
        move |_: &OrderPlaced| journal.note(name)
    };
    let any = |name: &'static str| {
        let journal = journal.clone();
        move |_: &dyn AnyEvent| journal.note(name)
    };
    let all = [
        registry.subscribe(typed("typed 0")).id("zero").register(),
        registry
            .subscribe_topic("shop::.*", any("any 5"))
            .expect("a pattern")
            .priority(5)
            .register(),
        registry.subscribe(typed("typed 3")).priority(3).register(),
        registry
            .subscribe_topic(".*", any("any last"))
            .expect("a pattern")
            .priority(9)
            .after("zero")
            .register(),
    ];
    registry.emit(order(1));
    assert_eq!(journal.take(), ["any 5", "typed 3", "typed 0", "any last"]);
    assert!(all.iter().all(Result::is_ok));
    let unknown = registry
        .subscribe_topic(".*", any("x"))
        .expect("a pattern")
        .after("unknown");
    assert!(unknown.register().is_err());
}

#[test]
fn options_apply_to_pattern_subscribers() {
    let registry = Registry::new();
    let journal = Journal::default();
    let subscribe = |name| {
        registry
            .subscribe_topic(".*", note(name, &journal))
            .expect("a pattern")
    };
    subscribe("origin")
        .origin("desk")
        .register()
        .expect("no id")
        .detach();
    subscribe("once").once().register().expect("no id").detach();
    let odd = |event: &dyn AnyEvent| {
        event
            .arg::<u32>("number")
            .is_some_and(|number| number % 2 == 1)
    };
    subscribe("odd")
        .when(odd)
        .register()
        .expect("no id")
        .detach();
    registry.emit(order(2));
    registry.emit_from(order(3), "desk");
    registry.emit_topic("number", args! { number: 5_u32 });
    assert_eq!(
        journal.take(),
        [
            "once shop::orders::placed",
            "origin shop::orders::placed",
            "odd shop::orders::placed",
            "odd number",
        ]
    );
    let first = subscribe("id").id("id").register();
    assert!(first.is_ok() && subscribe("id").id("id").register().is_err());
}

#[test]
fn an_added_or_removed_pattern_subscriber_takes_effect_at_the_next_emit() {
    let registry = Registry::new();
    let journal = Journal::default();
    let emit = || {
        registry.emit(order(1));
        registry.emit(Returned(1));
        registry.emit_topic("shop::named", args! {});
        journal.take().len()
    };
    assert_eq!(emit(), 0);
    let all = registry
        .on_topic("shop::.*", note("all", &journal))
        .expect("a pattern");
    assert_eq!(emit(), 3);
    let typed = journal.clone();
    registry
        .on(move |_: &Returned| typed.note("typed"))
        .detach();
    assert_eq!(emit(), 4);
    let one = registry
        .on_topic("shop::named", note("one", &journal))
        .expect("a pattern");
    assert_eq!(emit(), 5);
    drop(all);
    assert_eq!(emit(), 2);
    drop(one);
    assert_eq!(emit(), 1);
}

#[test]
fn dropping_a_subscription_to_a_pattern_frees_its_closure() {
    let registry = Registry::new();
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let subscription = registry.on_topic(".*", move |_: &dyn AnyEvent| drop(Arc::clone(&holds)));
    registry.emit(order(1));
    registry.emit_topic("x", args! {});
    drop(subscription);
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn an_event_without_a_type_has_arguments_by_name_and_type() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent| {
        assert!(event.downcast_ref::<OrderPlaced>().is_none());
        let user = event.arg::<u32>("user");
        let mode = event.arg::<&str>("mode");
        notes.note(format!("{user:?} {mode:?} {event:?}"));
    };
    registry
        .on_topic("user::.*", handler)
        .expect("a pattern")
        .detach();
    let args = registry.emit_topic_from(
        "user::signin",
        args! { user: 7_u32, mode: "signin" },
        "desk",
    );
    assert_eq!(args.arg::<u32>("user"), Some(&7));
    assert_eq!(
        journal.take(),
        [r#"Some(7) Some("signin") user::signin { user: .., mode: .. }"#]
    );
}

#[test]
fn pattern_subscribers_also_receive_an_untyped_event_with_the_topic_of_a_type() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_topic(OrderPlaced::topic(), note("any", &journal))
        .expect("a pattern")
        .detach();
    let typed = journal.clone();
    registry
        .on(move |_: &OrderPlaced| typed.note("typed"))
        .detach();
    registry.emit(order(1));
    registry.emit_topic(OrderPlaced::topic(), args! {});
    assert_eq!(
        journal.take(),
        [
            "any shop::orders::placed",
            "typed",
            "any shop::orders::placed"
        ]
    );
}

#[test]
fn try_emit_topic_reports_the_outcome_of_an_untyped_event() {
    let registry = Registry::new();
    let _scope = registry.enter();
    let emitted = try_emit_topic("unknown", args! {}).expect("no handler fails");
    assert!(emitted.is_unheard());
    registry
        .on_topic("some::.*", |_: &dyn AnyEvent| Err::<(), _>("on purpose"))
        .expect("a pattern")
        .detach();
    registry
        .on_topic(".*", |event: &dyn AnyEvent| {
            assert!(event.topic().is_empty());
        })
        .expect("a pattern")
        .detach();
    let error = try_emit_topic("some::thing", args! { a: 1 }).expect_err("both fail");
    assert_eq!((error.ran(), error.failures().len()), (2, 2));
    assert!(
        error
            .to_string()
            .starts_with("2 of the 2 subscribers of `some::thing` that ran failed")
    );
    assert_eq!(error.failures()[0].subscriber().topic, "some::thing");
    assert_eq!(
        error.failures()[0].subscriber().pattern.as_deref(),
        Some("some::.*")
    );
    assert_eq!(error.into_event().arg::<i32>("a"), Some(&1));
    emit_topic("some::thing", args! {});
}

#[test]
fn nested_emits_of_untyped_events_have_the_depth_limit() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (inside, notes) = (registry.clone(), journal.clone());
    let handler = move |_: &dyn AnyEvent| {
        notes.note("deeper");
        inside.emit_topic("again", args! {});
    };
    registry
        .on_topic("again", handler)
        .expect("a pattern")
        .detach();
    registry.emit_topic("again", args! {});
    assert_eq!(journal.take().len(), 128);
}

#[test]
fn more_topics_than_the_cache_holds_are_still_matched() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let even = move |event: &dyn AnyEvent| notes.note(event.topic());
    registry
        .on_topic(".*[02468]", even)
        .expect("a pattern")
        .detach();
    for round in 0..2 {
        for number in 0..3000 {
            registry.emit_topic(format!("topic::{number}"), args! {});
        }
        assert_eq!(journal.take().len(), 1500, "{round}");
    }
}

#[test]
fn a_pathological_pattern_terminates_on_a_long_topic() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_topic("(a*)*b", note("never", &journal))
        .expect("a pattern")
        .detach();
    registry
        .on_topic("(x+x+)+y", note("never", &journal))
        .expect("a pattern")
        .detach();
    registry.emit_topic("a".repeat(10_000), args! {});
    registry.emit_topic("x".repeat(10_000), args! {});
    registry.emit_topic(format!("{}b", "a".repeat(10_000)), args! {});
    assert_eq!(journal.take().len(), 1);
}

struct User(&'static str);

#[test]
fn a_pattern_matches_the_record_events_of_a_model_without_an_observer() {
    use events_core::record::{Created, Updated};

    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent| {
        let user = event.arg::<User>("record").map(|user| user.0);
        notes.note(format!("{user:?} {}", event.topic()));
    };
    registry
        .on_topic("events::db::.*::created", handler)
        .expect("a pattern")
        .detach();
    registry.emit(Created::new(User("ada")));
    registry.emit(Updated::new(User("ada"), events_core::record::Diff::new()));
    let expected = format!(
        "Some(\"ada\") events::db::{}::created",
        std::any::type_name::<User>()
    );
    assert_eq!(journal.take(), [expected]);
}

type Alias = Returned;

#[events_core::subscriber(Returned, OrderPlaced, Alias)]
fn of_an_alias(_: &dyn AnyEvent) {}

#[test]
fn a_type_that_is_listed_twice_counts_once() {
    let registry = Registry::with(events_core::subscribers![of_an_alias]);
    let returned = registry.try_emit(Returned(1)).expect("no handler fails");
    let placed = registry.try_emit(order(1)).expect("no handler fails");
    assert_eq!((returned.ran(), placed.ran()), (1, 1));
}
