//! The forms of awaited handlers that are subscribed by hand: what they take, and how each fails.

use std::ops::ControlFlow;

use events_core::{Emission, Event, Registry, Subscription, failures::Cause, info::SubscriberInfo};

use super::{Trail, suspend};
use crate::{Journal, block_on};

/// Notes what a handler received.
async fn note(event: &Trail, text: &str, emission: Option<&Emission>) {
    suspend().await;
    let origin = emission.and_then(Emission::origin);
    let origin = origin.map_or("-", |origin| origin.as_str());
    event.journal.note(format!("{text} {origin}"));
}

async fn changes(event: &mut Trail) {
    note(event, "changes", None).await;
    event.add("+");
}

async fn changes_with_emission(event: &mut Trail, emission: &Emission) {
    note(event, "changes", Some(emission)).await;
    event.add("+");
}

async fn reads(event: &Trail) {
    note(event, "reads", None).await;
}

async fn reads_with_emission(event: &Trail, emission: &Emission) {
    note(event, "reads", Some(emission)).await;
}

/// A registration, what the handler notes, and whether it changes the event.
type Row = (fn(&Registry) -> Subscription, &'static str, bool);

const ROWS: &[Row] = &[
    (|registry| registry.on_awaited(changes), "changes -", true),
    (
        |registry| registry.on_awaited(changes_with_emission),
        "changes shop",
        true,
    ),
    (|registry| registry.on_awaited(reads), "reads -", false),
    (
        |registry| registry.on_awaited(reads_with_emission),
        "reads shop",
        false,
    ),
    (
        |registry| registry.on_awaited(async |event: &Trail| note(event, "closure", None).await),
        "closure -",
        false,
    ),
    (
        |registry| {
            let text = String::from("state");
            registry.on_awaited_with(text, async |event: &mut Trail, text: &String| {
                note(event, text, None).await;
                event.add("+");
            })
        },
        "state -",
        true,
    ),
    (
        |registry| {
            let text = String::from("state");
            let handler = async |event: &mut Trail, text: &String, emission: &Emission| {
                note(event, text, Some(emission)).await;
                event.add("+");
            };
            registry.on_awaited_with(text, handler)
        },
        "state shop",
        true,
    ),
    (
        |registry| {
            let text = String::from("state");
            registry.on_awaited_with(text, async |event: &Trail, text: &String| {
                note(event, text, None).await;
            })
        },
        "state -",
        false,
    ),
    (
        |registry| {
            let text = String::from("state");
            let handler = async |event: &Trail, text: &String, emission: &Emission| {
                note(event, text, Some(emission)).await;
            };
            registry.on_awaited_with(text, handler)
        },
        "state shop",
        false,
    ),
];

/// The subscriber that a sync emit cannot run.
fn not_awaited(registry: &Registry) -> SubscriberInfo {
    let error = registry.try_emit(Trail::default());
    let error = error.expect_err("it cannot be awaited");
    let [failure] = error.failures() else {
        panic!("{error}")
    };
    assert!(matches!(failure.cause(), Cause::NotAwaited(_)), "{error}");
    failure.subscriber().clone()
}

#[test]
fn handlers_take_the_event_then_the_state_then_the_emission() {
    for (subscribe, noted, is_changed) in ROWS {
        let registry = Registry::new();
        let _subscription = subscribe(&registry);
        let event = block_on(registry.emit_async_from(Trail::default(), "shop"));
        let change = if *is_changed { "+" } else { "" };
        assert_eq!(event.numbers, change, "{noted}");
        let notes = event.journal.take().join(" ");
        assert_eq!(notes.trim_end_matches(" +"), *noted);
        let info = not_awaited(&registry);
        assert_eq!(
            (info.changes, info.kind()),
            (*is_changed, "awaited"),
            "{noted}"
        );
    }
}

#[derive(Event)]
struct Lent<'a> {
    journal: &'a Journal,
}

#[test]
fn an_event_that_borrows_is_lent_with_a_state() {
    let registry = Registry::new();
    let handler = async |event: &mut Lent<'_>, text: &String| {
        suspend().await;
        event.journal.note(text);
    };
    let text = String::from("a");
    registry
        .on_awaited_borrowed_with::<Lent<'_>, _, _>(text, handler)
        .detach();
    let new = registry.subscribe_awaited_borrowed_with::<Lent<'_>, _, _>("b".into(), handler);
    new.priority(1).register().expect("there is no id").detach();
    let journal = Journal::default();
    block_on(registry.emit_async(Lent { journal: &journal }));
    assert_eq!(journal.take(), ["b", "a"]);
}

#[test]
fn a_state_is_dropped_with_its_subscription() {
    let registry = Registry::new();
    let state = std::sync::Arc::new(());
    let subscription =
        registry.on_awaited_with(std::sync::Arc::clone(&state), async |_: &Trail, _: &_| {});
    assert_eq!(std::sync::Arc::strong_count(&state), 2);
    drop(subscription);
    assert_eq!(std::sync::Arc::strong_count(&state), 1);
}

/// An event that stays on its thread, and so has no awaited subscriber.
#[derive(Event)]
struct Local(std::rc::Rc<std::cell::Cell<u32>>);

#[test]
fn an_event_that_is_not_send_is_awaited_on_its_thread() {
    let registry = Registry::new();
    registry
        .on(|event: &mut Local| event.0.set(event.0.get() + 1))
        .detach();
    let count = std::rc::Rc::default();
    let event = block_on(registry.emit_async(Local(std::rc::Rc::clone(&count))));
    assert_eq!((event.0.get(), count.get()), (1, 1));
}

/// What a handler of each form returns.
#[test]
fn each_form_may_fail_or_stop() {
    async fn fails(_: &Trail, text: &&'static str) -> Result<ControlFlow<()>, &'static str> {
        suspend().await;
        match *text {
            "stops" => Ok(ControlFlow::Break(())),
            "panics" => panic!("{text}"),
            _ => Err(*text),
        }
    }
    async fn borrowed(_: &mut Lent<'_>, text: &&'static str) -> Result<(), &'static str> {
        suspend().await;
        match *text {
            "panics" => panic!("{text}"),
            _ => Err(*text),
        }
    }
    for (text, failures, is_stopped) in [
        ("stops", 0, true),
        ("panics", 1, false),
        ("fails", 1, false),
    ] {
        let registry = Registry::new();
        registry.on_awaited_with(text, fails).detach();
        let (found, stopped) = match block_on(registry.try_emit_async(Trail::default())) {
            Ok(emitted) => (0, emitted.stopped_by().is_some()),
            Err(error) => (error.failures().len(), error.stopped_by().is_some()),
        };
        assert_eq!((found, stopped), (failures, is_stopped), "{text}");
    }
    for text in ["panics", "fails"] {
        let registry = Registry::new();
        registry
            .on_awaited_borrowed_with::<Lent<'_>, _, _>(text, borrowed)
            .detach();
        let journal = Journal::default();
        let result = block_on(registry.try_emit_async(Lent { journal: &journal }));
        assert_eq!(
            result.map(|_| ()).expect_err("it fails").failures().len(),
            1,
            "{text}"
        );
    }
}
