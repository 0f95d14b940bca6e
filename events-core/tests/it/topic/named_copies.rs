//! Section 11: async and deferred pattern subscribers receive named events, and the bridges to a topic wait for
//! them.

use std::{pin::pin, sync::Arc, time::Duration};

use events_core::{
    AnyEvent, Emission, EventCopy, Origin, Registry, args, bridge, bridges::Choice, emitting::Args,
};

use crate::{Gate, Journal, block_on, poll_once};

const TOPIC: &str = "named::later";

/// It is neither `Clone` nor `Serialize`.
struct User(u32);

fn args() -> Args {
    args! { user: User(7), count: 1_u8, secret pin: 1234 }
}

/// Notes what it receives.
fn describe(event: &dyn AnyEvent, emission: &Emission) -> String {
    assert_eq!(
        (event.topic(), event.origin()),
        (emission.topic(), emission.origin())
    );
    let user = event.arg::<User>("user").map(|user| user.0);
    let origin = emission.origin().map(Origin::as_str);
    format!(
        "{user:?} {:?} {origin:?} {event:?}",
        event.get::<u64>("count")
    )
}

const DESCRIBED: &str =
    r#"Some(7) Ok(1) Some("desk") named::later { user: .., count: .., pin: [redacted] }"#;

type Emit = fn(&Registry);

/// Sync, async and into the queue, and then the queue is flushed.
const EMITS: [Emit; 5] = [
    |registry| drop(registry.emit_topic_from(TOPIC, args(), "desk")),
    |registry| assert!(registry.try_emit_topic_from(TOPIC, args(), "desk").is_ok()),
    |registry| {
        drop(block_on(registry.emit_topic_async_from(
            TOPIC,
            args(),
            "desk",
        )));
    },
    |registry| assert!(block_on(registry.try_emit_topic_async_from(TOPIC, args(), "desk")).is_ok()),
    |registry| assert!(registry.enqueue_topic_from(TOPIC, args(), "desk").is_ok()),
];

/// Registers an async and a deferred subscriber.
fn subscribe(registry: &Registry, journal: &Journal) {
    let notes = journal.clone();
    let later =
        move |event: &EventCopy, emission: &Emission| notes.note(describe(&**event, emission));
    registry
        .on_topic_deferred("named::.*", later)
        .expect("a pattern")
        .detach();
    let notes = journal.clone();
    let concurrent = move |event: &EventCopy, emission: &Emission| {
        let (notes, note) = (notes.clone(), describe(&**event, emission));
        async move { notes.note(note) }
    };
    registry
        .on_topic_async("named::.*", concurrent)
        .expect("a pattern")
        .detach();
    let other = async |_: &EventCopy| panic!("another pattern");
    registry
        .on_topic_async("named", other)
        .expect("a pattern")
        .detach();
}

#[test]
fn subscribers_that_run_later_receive_topic_arguments_and_origin() {
    for (index, emit) in EMITS.into_iter().enumerate() {
        let (registry, journal) = (Registry::new(), Journal::default());
        subscribe(&registry, &journal);
        emit(&registry);
        registry.queue().flush();
        assert_eq!(journal.take(), [DESCRIBED; 2], "emit {index}");
    }
}

#[test]
fn the_values_are_shared_and_dropped_with_the_last_copy() {
    let registry = Registry::new();
    let gate = Gate::default();
    let opened = gate.clone();
    let wait = move |event: &EventCopy| {
        let (event, gate) = (event.clone(), opened.clone());
        async move {
            gate.wait().await;
            assert!(event.arg::<Arc<()>>("held").is_some());
        }
    };
    registry
        .on_topic_async("named::.*", wait)
        .expect("a pattern")
        .detach();
    registry
        .on_topic_deferred("named::.*", |_: &EventCopy| ())
        .expect("a pattern")
        .detach();
    let held = Arc::new(());
    let returned = registry.emit_topic(TOPIC, args! { held: Arc::clone(&held) });
    assert_eq!(Arc::strong_count(&held), 2);
    drop(returned);
    assert_eq!(Arc::strong_count(&held), 2);
    gate.open();
    registry.queue().flush();
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn emit_topic_async_waits_for_the_async_subscribers_and_not_for_the_deferred_ones() {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    let (notes, opened) = (journal.clone(), gate.clone());
    let wait = move |_: &EventCopy| {
        let (notes, gate) = (notes.clone(), opened.clone());
        async move {
            notes.note("begins");
            gate.wait().await;
            notes.note("ends");
            Err::<(), _>("on purpose")
        }
    };
    registry
        .on_topic_async("named::.*", wait)
        .expect("a pattern")
        .detach();
    let notes = journal.clone();
    let later = move |_: &EventCopy| notes.note("deferred");
    registry
        .on_topic_deferred("named::.*", later)
        .expect("a pattern")
        .detach();

    let mut emit = pin!(registry.try_emit_topic_async(TOPIC, args! { user: 7_u32 }));
    assert!(poll_once(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["begins"]);
    gate.open();
    let error = block_on(emit).expect_err("the async one fails");
    assert_eq!((error.ran(), error.failures().len()), (1, 1));
    assert!(error.to_string().contains("on purpose"), "{error}");
    assert_eq!(error.into_event().arg::<u32>("user"), Some(&7));
    assert_eq!(journal.take(), ["ends"]);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["deferred"]);
}

#[test]
fn a_future_that_is_dropped_cuts_off_the_async_subscribers_and_the_deferred_ones_run() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let never = async |_: &EventCopy| std::future::pending::<()>().await;
    registry
        .on_topic_async("named::.*", never)
        .expect("a pattern")
        .detach();
    let notes = journal.clone();
    let later = move |_: &EventCopy| notes.note("deferred");
    registry
        .on_topic_deferred("named::.*", later)
        .expect("a pattern")
        .detach();
    assert!(poll_once(registry.emit_topic_async(TOPIC, args! {})).is_pending());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["deferred"]);
}

#[test]
fn counts_and_a_full_queue_are_as_for_events_with_a_type() {
    let (registry, journal) = (Registry::new(), Journal::default());
    subscribe(&registry, &journal);
    let emitted = registry
        .try_emit_topic(TOPIC, args())
        .expect("there is room");
    assert_eq!((emitted.ran(), emitted.deferred()), (0, 2));
    registry.queue().set_capacity(1);
    let error = registry
        .try_emit_topic_from(TOPIC, args(), "desk")
        .expect_err("it is full");
    assert_eq!((error.ran(), error.failures().len()), (1, 1));
    assert!(
        error
            .to_string()
            .contains("the queue is full, with 1 event"),
        "{error}"
    );
    assert_eq!(journal.take(), [DESCRIBED]);
}

#[test]
fn a_shutdown_returns_the_arguments_of_events_that_subscribers_have_not_finished() {
    let registry = Registry::new();
    let never = async |_: &EventCopy| std::future::pending::<()>().await;
    registry
        .on_topic_async("named::.*", never)
        .expect("a pattern")
        .detach();
    registry.emit_topic("named::emitted", args! { user: 7_u32 });
    registry
        .enqueue_topic("named::enqueued", args! { user: 8_u32 })
        .expect("there is room");
    let unfinished = registry.queue().shutdown(Duration::from_millis(1));
    let text = unfinished.to_string();
    assert!(
        text.contains("named::emitted (x1), named::enqueued (x1)"),
        "{text}"
    );
    let users = unfinished.events.into_iter().map(|event| {
        let topic = event.topic().to_owned();
        let args = event.downcast::<Args>().expect("the event has no type");
        (topic, args.arg::<u32>("user").copied())
    });
    let expected = [
        ("named::emitted".to_owned(), Some(7)),
        ("named::enqueued".to_owned(), Some(8)),
    ];
    assert_eq!(users.collect::<Vec<_>>(), expected);
}

#[test]
fn a_bridge_to_a_topic_waits_for_the_async_subscribers_of_each_item() {
    fn check<F: Future>(run: impl FnOnce(&Registry) -> F) {
        let (registry, journal) = (Registry::new(), Journal::default());
        let notes = journal.clone();
        let slow = move |event: &EventCopy| {
            let (event, notes) = (event.clone(), notes.clone());
            async move {
                let number = event.get::<u32>("number");
                notes.note(format!("begins {number:?}"));
                tokio::task::yield_now().await;
                notes.note(format!("ends {number:?}"));
            }
        };
        registry
            .on_topic_async("named::.*", slow)
            .expect("a pattern")
            .detach();
        block_on(run(&registry));
        assert!(registry.queue().is_empty());
        let expected =
            [1, 2].map(|number| [format!("begins Ok({number})"), format!("ends Ok({number})")]);
        assert_eq!(journal.take(), expected.concat());
    }
    let items = || tokio_stream::iter([1_u32, 2]);
    check(|registry| {
        let topic = bridge(items()).to_topic(TOPIC, |number| args! { number: number });
        topic.on(registry).run()
    });
    check(|registry| {
        let choice = |number: u32| Some(Choice::topic(TOPIC, args! { number: number }));
        bridge(items()).choose(choice).on(registry).run()
    });
}
