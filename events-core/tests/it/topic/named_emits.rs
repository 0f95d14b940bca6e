//! Sections 4 and 11: the methods and functions that emit by a topic, sync, async and into the queue.

use std::sync::{Arc, Mutex};

use events_core::{
    AnyEvent, Emission, Event, Origin, Registry, args, emit_topic, emit_topic_async,
    emit_topic_async_from, emit_topic_from, emitting::Args, enqueue_topic, enqueue_topic_from,
    failures::Undelivered, try_emit_topic, try_emit_topic_async, try_emit_topic_async_from,
    try_emit_topic_from,
};

use crate::{Journal, block_on, poll_once};

const TOPIC: &str = "named::signin";

fn args(journal: &Journal) -> Args {
    args! { user: 7_u32, journal: journal.clone() }
}

/// Notes what it receives.
fn note(event: &dyn AnyEvent, emission: &Emission) {
    let journal = event
        .arg::<Journal>("journal")
        .expect("all events here have one");
    assert_eq!(
        (event.topic(), event.origin()),
        (emission.topic(), emission.origin())
    );
    let origin = emission.origin().map(Origin::as_str);
    journal.note(format!(
        "{} {:?} {origin:?}",
        event.topic(),
        event.get::<u64>("user")
    ));
}

/// Emits once; the registry is entered as well.
type Emit = fn(&Registry, Args);

/// All ways to emit by a topic, and whether they set the origin `desk`.
const EMITS: [(Emit, bool); 20] = [
    (
        |registry, args| kept(registry.emit_topic(TOPIC, args)),
        false,
    ),
    (
        |registry, args| kept(registry.emit_topic_from(TOPIC, args, "desk")),
        true,
    ),
    (
        |registry, args| ran(registry.try_emit_topic(TOPIC, args)),
        false,
    ),
    (
        |registry, args| ran(registry.try_emit_topic_from(TOPIC, args, "desk")),
        true,
    ),
    (
        |registry, args| kept(block_on(registry.emit_topic_async(TOPIC, args))),
        false,
    ),
    (
        |registry, args| {
            kept(block_on(
                registry.emit_topic_async_from(TOPIC, args, "desk"),
            ));
        },
        true,
    ),
    (
        |registry, args| ran(block_on(registry.try_emit_topic_async(TOPIC, args))),
        false,
    ),
    (
        |registry, args| {
            ran(block_on(
                registry.try_emit_topic_async_from(TOPIC, args, "desk"),
            ));
        },
        true,
    ),
    (
        |registry, args| flushed(registry, registry.enqueue_topic(TOPIC, args)),
        false,
    ),
    (
        |registry, args| flushed(registry, registry.enqueue_topic_from(TOPIC, args, "desk")),
        true,
    ),
    (|_, args| kept(emit_topic(TOPIC, args)), false),
    (|_, args| kept(emit_topic_from(TOPIC, args, "desk")), true),
    (|_, args| ran(try_emit_topic(TOPIC, args)), false),
    (
        |_, args| ran(try_emit_topic_from(TOPIC, args, "desk")),
        true,
    ),
    (
        |_, args| kept(block_on(emit_topic_async(TOPIC, args))),
        false,
    ),
    (
        |_, args| kept(block_on(emit_topic_async_from(TOPIC, args, "desk"))),
        true,
    ),
    (
        |_, args| ran(block_on(try_emit_topic_async(TOPIC, args))),
        false,
    ),
    (
        |_, args| ran(block_on(try_emit_topic_async_from(TOPIC, args, "desk"))),
        true,
    ),
    (
        |registry, args| flushed(registry, enqueue_topic(TOPIC, args)),
        false,
    ),
    (
        |registry, args| flushed(registry, enqueue_topic_from(TOPIC, args, "desk")),
        true,
    ),
];

#[expect(clippy::needless_pass_by_value, reason = "the result of an emit")]
fn kept(args: Args) {
    assert_eq!(args.arg::<u32>("user"), Some(&7));
}

fn ran(result: Result<events_core::Emitted<Args>, events_core::EmitError<Args>>) {
    let emitted = result.expect("no handler fails");
    assert_eq!(emitted.ran(), 1);
    kept(emitted.into_event());
}

fn flushed(registry: &Registry, result: Result<(), events_core::queues::QueueFull<Args>>) {
    result.expect("there is room");
    assert_eq!(registry.queue().len(), 1);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
}

#[test]
fn pattern_subscribers_receive_an_event_by_its_topic_however_it_is_emitted() {
    for (index, (emit, has_origin)) in EMITS.into_iter().enumerate() {
        let registry = Registry::new();
        let _scope = registry.enter();
        let journal = Journal::default();
        registry
            .on_topic("named::.*", note)
            .expect("a pattern")
            .detach();
        let other = registry
            .subscribe_topic("named::.*", note)
            .expect("a pattern");
        other
            .origin("elsewhere")
            .register()
            .expect("it is free")
            .detach();
        registry
            .on_topic("named::signin::.*", note)
            .expect("a pattern")
            .detach();
        emit(&registry, args(&journal));
        let origin = if has_origin { "Some(\"desk\")" } else { "None" };
        let expected = format!("named::signin Ok(7) {origin}");
        assert_eq!(journal.take(), [expected], "emit {index}");
    }
}

/// It has the topic of the named events.
#[derive(Event, Clone)]
#[event(topic = "named::signin")]
struct SignIn(Journal);

#[test]
fn exact_subscribers_of_a_type_with_that_topic_receive_none_of_these_emits() {
    for (index, (emit, _)) in EMITS.into_iter().enumerate() {
        let registry = Registry::new();
        let _scope = registry.enter();
        let journal = Journal::default();
        registry
            .on(|event: &mut SignIn| event.0.note("sync"))
            .detach();
        registry
            .on_async(async |event: &SignIn| event.0.note("async"))
            .detach();
        registry.on_topic(".*", note).expect("a pattern").detach();
        emit(&registry, args(&journal));
        assert_eq!(journal.take().len(), 1, "emit {index}");
    }
}

#[test]
fn subscribers_of_a_topic_are_those_at_the_time_of_the_run() {
    let registry = Registry::new();
    let journal = Journal::default();
    let emit = registry.emit_topic_async(TOPIC, args(&journal));
    registry
        .enqueue_topic(TOPIC, args(&journal))
        .expect("there is room");
    let subscription = registry.on_topic(".*", note).expect("a pattern");
    block_on(emit);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take().len(), 2);
    registry
        .enqueue_topic(TOPIC, args(&journal))
        .expect("there is room");
    drop(subscription);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert!(journal.take().is_empty());
}

#[test]
fn a_future_that_is_never_polled_emits_nothing() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on_topic(".*", note).expect("a pattern").detach();
    drop(registry.emit_topic_async(TOPIC, args(&journal)));
    drop(registry.try_emit_topic_async(TOPIC, args(&journal)));
    assert!(journal.take().is_empty());
    assert!(poll_once(registry.emit_topic_async(TOPIC, args(&journal))).is_ready());
    assert_eq!(journal.take().len(), 1);
}

#[test]
fn failures_of_an_async_emit_name_the_topic_and_return_the_arguments() {
    let registry = Registry::new();
    let fails = |_: &dyn AnyEvent| Err::<(), _>("on purpose");
    registry
        .on_topic("named::.*", fails)
        .expect("a pattern")
        .detach();
    let panics = |_: &dyn AnyEvent| panic!("by accident");
    registry
        .on_topic("named::.*", panics)
        .expect("a pattern")
        .detach();
    let error = block_on(registry.try_emit_topic_async(TOPIC, args! { user: 7_u32 }));
    let error = error.expect_err("both fail");
    assert_eq!((error.ran(), error.failures().len()), (2, 2));
    let text = error.to_string();
    for part in ["`named::signin`", "on purpose", "by accident"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(error.into_event().arg::<u32>("user"), Some(&7));
    registry
        .enqueue_topic(TOPIC, args! {})
        .expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 2));
}

#[test]
fn events_that_no_subscriber_received_are_reported_with_their_topic() {
    for (index, (emit, has_origin)) in EMITS.into_iter().enumerate() {
        if [2, 3, 6, 7, 12, 13, 16, 17].contains(&index) {
            continue; // the `try` forms, which expect a subscriber here
        }
        for pattern in ["named::.*", "elsewhere"] {
            let registry = Registry::new();
            let _scope = registry.enter();
            let unheard = Arc::new(Mutex::new(Vec::new()));
            let reports = Arc::clone(&unheard);
            registry.set_unheard_hook(move |event| {
                let origin = event.origin().map(ToString::to_string);
                let text = format!(
                    "{} {:?} {origin:?}",
                    event.topic(),
                    event.get::<u64>("user")
                );
                reports.lock().expect("the lock is not poisoned").push(text);
            });
            let used_up = registry.subscribe_topic(pattern, |_: &dyn AnyEvent| ());
            let used_up = used_up.expect("a pattern").origin("nowhere").register();
            used_up.expect("it is free").detach();
            emit(&registry, args! { user: 7_u32 });
            let origin = if has_origin { "Some(\"desk\")" } else { "None" };
            let expected = format!("named::signin Ok(7) {origin}");
            let unheard = unheard.lock().expect("the lock is not poisoned");
            assert_eq!(*unheard, [expected], "emit {index}");
        }
    }
    let registry = Registry::new();
    let emitted = block_on(registry.try_emit_topic_async(TOPIC, args! {}));
    assert!(emitted.expect("there is no handler").is_unheard());
}

#[test]
fn a_full_queue_and_one_that_is_shut_down_return_the_arguments() {
    fn check(registry: &Registry, why: Undelivered) {
        let refused = [
            registry.enqueue_topic(TOPIC, args! { user: 8_u32 }),
            registry.enqueue_topic_from(TOPIC, args! { user: 8_u32 }, "desk"),
        ];
        for refused in refused {
            let refused = refused.expect_err("it is not accepted");
            assert_eq!(refused.why(), why);
            let text = format!("`named::signin` was not enqueued: {why}");
            assert_eq!(refused.to_string(), text);
            assert!(format!("{refused:?}").contains("\"named::signin\""));
            assert_eq!(refused.event().arg::<u32>("user"), Some(&8));
            assert_eq!(refused.into_event().arg::<u32>("user"), Some(&8));
        }
    }
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on_topic(".*", note).expect("a pattern").detach();
    registry.queue().set_capacity(1);
    registry
        .enqueue_topic(TOPIC, args(&journal))
        .expect("there is room");
    check(&registry, Undelivered::QueueFull { capacity: 1 });
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take().len(), 1);
    assert!(
        registry
            .queue()
            .shutdown(std::time::Duration::ZERO)
            .is_empty()
    );
    check(&registry, Undelivered::ShutDown);
}

#[derive(Event)]
struct Last;

#[test]
fn workers_run_events_without_a_type_in_their_order() {
    let registry = Registry::new();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent| {
        notes.note(format!("{} {:?}", event.topic(), event.get::<u8>("number")));
    };
    registry
        .on_topic("named::.*", handler)
        .expect("a pattern")
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &SignIn| notes.note(format!("typed {}", event.0.take().len())))
        .detach();
    for number in 0..3 {
        let topic = format!("named::{number}");
        registry
            .enqueue_topic(topic, args! { number: number })
            .expect("there is room");
        registry
            .enqueue(SignIn(Journal::default()))
            .expect("there is room");
        let from = registry.enqueue_topic_from("named::from", args! { number: number }, "desk");
        from.expect("there is room");
    }
    let (done, is_done) = std::sync::mpsc::channel();
    let last = registry.on(move |_: &Last| done.send(()).expect("the test waits"));
    last.detach();
    registry.enqueue(Last).expect("there is room");
    // Not `settle`, which would run some of them on this thread, beside the worker.
    registry.queue().spawn_thread().detach();
    is_done.recv().expect("the worker reaches the last event");
    let expected = (0..3).flat_map(|number| {
        [
            format!("named::{number} Ok({number})"),
            "named::signin Err(Missing)".to_owned(),
            "typed 0".to_owned(),
            format!("named::from Ok({number})"),
        ]
    });
    assert_eq!(journal.take(), expected.collect::<Vec<_>>());
}

#[test]
fn a_shutdown_returns_the_arguments_of_events_that_it_could_not_run() {
    let registry = Registry::new();
    registry
        .enqueue_topic("named::a", args! { user: 7_u32 })
        .expect("there is room");
    registry
        .enqueue_topic_from("named::b", args! { user: 8_u32 }, "desk")
        .expect("there is room");
    registry
        .enqueue_topic("named::a", args! { user: 9_u32 })
        .expect("there is room");
    let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
    assert!(
        unfinished
            .to_string()
            .contains("named::a (x2), named::b (x1)"),
        "{unfinished}"
    );
    let events = unfinished.events.into_iter().map(|event| {
        let topic = event.topic().to_owned();
        let origin = event.origin().map(|origin| origin.as_str().to_owned());
        let args = event.downcast::<Args>().expect("the event has no type");
        (topic, origin, args.arg::<u32>("user").copied())
    });
    let expected = [
        ("named::a".to_owned(), None, Some(7)),
        ("named::b".to_owned(), Some("desk".to_owned()), Some(8)),
        ("named::a".to_owned(), None, Some(9)),
    ];
    assert_eq!(events.collect::<Vec<_>>(), expected);
}

#[test]
fn an_emission_is_the_parent_of_the_events_that_its_handlers_enqueue_by_topic() {
    let registry = Registry::new();
    let _scope = registry.enter();
    let journal = Journal::default();
    let notes = journal.clone();
    let handler = move |event: &dyn AnyEvent, emission: &Emission| {
        let depth = event.get::<u8>("depth").expect("it has one");
        notes.note(format!("{depth} {}", emission.parent().is_some()));
        if depth < 2 {
            enqueue_topic("named::next", args! { depth: depth + 1 }).expect("there is room");
        }
    };
    registry
        .on_topic("named::.*", handler)
        .expect("a pattern")
        .detach();
    block_on(emit_topic_async("named::first", args! { depth: 0 }));
    assert_eq!(registry.queue().flush().ran(), 2);
    assert_eq!(journal.take(), ["0 false", "1 true", "2 true"]);
}
