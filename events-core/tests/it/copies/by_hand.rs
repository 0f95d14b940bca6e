//! Pattern subscribers that run later, subscribed at run time: what they receive, and how often the event is cloned.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Origin, Registry, Subscription, queues::UnfinishedEvent,
};

use super::{Order, VERBS, Verb, emit, note, order};
use crate::{Journal, block_on, poll_once};

/// Subscribes, and checks what is noted and how often the event is cloned, for each verb.
fn check(
    subscribe: impl Fn(&Registry, &Journal) -> Vec<Subscription>,
    expected: &[&str],
    clones: usize,
) {
    for verb in VERBS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let _subscriptions = subscribe(&registry, &journal);
        let event = order(7);
        let counted = Arc::clone(&event.clones);
        emit(&registry, verb, event);
        assert_eq!(journal.take(), expected, "{verb:?}");
        assert_eq!(counted.load(Ordering::Relaxed), clones, "{verb:?}");
    }
}

fn is_order(event: &EventCopy) -> bool {
    let order = event.downcast_ref::<Order>();
    order.is_some_and(|order| order.card == "4711")
        && event.topic() == "copies::Order"
        && event
            .origin()
            .is_some_and(|origin| origin.as_str() == "desk")
}

#[test]
fn a_handler_receives_the_event_with_its_topic_and_origin() {
    check(
        |registry, journal| {
            let noted = journal.clone();
            let handler = move |event: &EventCopy| noted.note(format!("{}", is_order(event)));
            vec![
                registry
                    .on_topic_deferred("copies::.*", handler)
                    .expect("a pattern"),
            ]
        },
        &["true"],
        1,
    );
    check(
        |registry, journal| {
            let noted = journal.clone();
            let handler = move |event: &EventCopy| {
                let (noted, is_order) = (noted.clone(), is_order(event));
                async move { noted.note(format!("{is_order}")) }
            };
            let other = async |_: &EventCopy| panic!("another pattern");
            vec![
                registry
                    .on_topic_async("copies::.*", handler)
                    .expect("a pattern"),
                registry
                    .on_topic_async("elsewhere::.*", other)
                    .expect("a pattern"),
            ]
        },
        &["true"],
        1,
    );
}

#[test]
fn the_copy_is_shared_by_all_handlers() {
    check(
        |registry, journal| {
            let on = |name| {
                let handler = note(name, journal);
                registry
                    .on_topic_deferred("copies::.*", handler)
                    .expect("a pattern")
            };
            vec![on("one"), on("two"), on("three")]
        },
        &["one Some(7)", "two Some(7)", "three Some(7)"],
        1,
    );
}

#[test]
fn an_event_that_no_handler_accepts_is_not_cloned() {
    check(
        |registry, journal| {
            let handler = note("filtered out", journal);
            let new = registry
                .subscribe_topic_deferred("copies::.*", handler)
                .expect("a pattern");
            let is_other = |event: &dyn AnyEvent| event.arg::<u32>("number") != Some(&7);
            let handler = note("other pattern", journal);
            vec![
                new.when(is_other).register().expect("no id"),
                registry
                    .on_topic_deferred("elsewhere::.*", handler)
                    .expect("a pattern"),
            ]
        },
        &[],
        0,
    );
}

#[test]
fn a_handler_may_take_the_emission() {
    check(
        |registry, journal| {
            let journal = journal.clone();
            let handler = move |_: &EventCopy, emission: &Emission| {
                let origin = emission.origin().map(ToString::to_string);
                journal.note(format!("{} from {origin:?}", emission.topic()));
            };
            vec![
                registry
                    .on_topic_deferred("copies::.*", handler)
                    .expect("a pattern"),
            ]
        },
        &[r#"copies::Order from Some("desk")"#],
        1,
    );
}

#[test]
fn an_async_handler_may_borrow_the_copy_over_an_await() {
    async fn later(event: &EventCopy, emission: &Emission) -> Result<(), String> {
        std::future::ready(()).await;
        assert_eq!(event.topic(), emission.topic());
        Err(format!("{event:?}"))
    }
    let registry = Registry::new();
    let _later = registry
        .on_topic_async("copies::.*", later)
        .expect("a pattern");
    let error = block_on(registry.try_emit_async(order(7))).expect_err("it fails");
    let text = error.failures()[0].to_string();
    assert!(
        text.ends_with("copies::Order { number: .., card: [redacted], clones: .. }"),
        "{text}"
    );
}

#[test]
fn a_handler_may_keep_the_copy() {
    let registry = Registry::new();
    let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
    let keeps = Arc::clone(&kept);
    let keep = move |event: &EventCopy| keeps.lock().expect("not poisoned").push(event.clone());
    let _kept = registry
        .on_topic_deferred("copies::.*", keep)
        .expect("a pattern");
    emit(&registry, Verb::Emit, order(7));
    drop(registry);
    let kept = kept.lock().expect("not poisoned");
    assert_eq!(
        kept[0].downcast_ref::<Order>().map(|order| order.number),
        Some(7)
    );
}

#[test]
fn an_async_handler_is_dropped_with_the_emit() {
    let registry = Registry::new();
    let journal = Journal::default();
    let noted = journal.clone();
    let waits = move |_: &EventCopy| {
        let noted = noted.clone();
        async move {
            noted.note("started");
            std::future::pending::<()>().await;
        }
    };
    let _waits = registry
        .on_topic_async("copies::.*", waits)
        .expect("a pattern");
    let event = order(7);
    let clones = Arc::clone(&event.clones);
    assert!(poll_once(registry.emit_async(event)).is_pending());
    assert_eq!(journal.take(), ["started"]);
    assert_eq!(
        (clones.load(Ordering::Relaxed), Arc::strong_count(&clones)),
        (1, 1)
    );
}

#[test]
fn an_event_that_a_shutdown_returns_is_the_event() {
    let registry = Registry::new();
    let kept = Arc::new(std::sync::Mutex::new(None));
    let _audit = registry
        .on_topic_deferred("copies::.*", |_: &EventCopy| ())
        .expect("a pattern");
    registry.emit_from(order(7), "desk");
    let keeps = Arc::clone(&kept);
    let _keep = registry
        .on_topic("copies::.*", move |event: &dyn AnyEvent| {
            *keeps.lock().expect("not poisoned") = event.arg::<u32>("number").copied();
        })
        .expect("a pattern");
    let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
    let event = unfinished.events.into_iter().next().expect("it is queued");
    assert_eq!(event.topic(), "copies::Order");
    assert_eq!(
        event.downcast::<Order>().ok().map(|order| order.number),
        Some(7)
    );
    assert_eq!(*kept.lock().expect("not poisoned"), None);
}

/// Its clones panic from the first one that is made while `is_armed`.
#[derive(Event)]
#[event(topic = "copies::Armed")]
struct Armed(Arc<AtomicBool>);

impl Clone for Armed {
    fn clone(&self) -> Self {
        assert!(!self.0.load(Ordering::Relaxed), "it cannot be cloned");
        Self(Arc::clone(&self.0))
    }
}

#[test]
fn an_event_whose_clone_panics_at_its_end_is_returned_as_the_copy() {
    for is_flush_dropped in [false, true] {
        let registry = Registry::new();
        let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
        let keeps = Arc::clone(&kept);
        let keep = move |event: &EventCopy| {
            keeps.lock().expect("not poisoned").push(event.clone());
            std::future::pending::<()>()
        };
        let _keep = registry
            .on_topic_async("copies::.*", keep)
            .expect("a pattern");
        let is_armed = Arc::new(AtomicBool::new(false));
        registry.emit_from(Armed(Arc::clone(&is_armed)), "desk");
        registry.emit(order(7));
        let mut flush = Box::pin(registry.queue().flush_async());
        assert!(poll_once(flush.as_mut()).is_pending());
        assert!(!kept.lock().expect("not poisoned").is_empty());

        is_armed.store(true, Ordering::Relaxed);
        let flush = Some(flush).filter(|_| !is_flush_dropped);
        let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
        drop(flush);
        let mut events = unfinished.events;
        events.sort_by_key(|event| event.topic().to_owned());
        let number =
            |event: UnfinishedEvent| event.downcast().ok().map(|order: Order| order.number);
        assert_eq!(events.pop().and_then(number), Some(7));
        let event = events.pop().expect("the one that cannot be cloned");
        let event = event.downcast::<Armed>().map(drop).expect_err("no clone");
        let copy: EventCopy = event.downcast().expect("the copy in its place");
        assert!(copy.downcast_ref::<Armed>().is_some());
        assert_eq!(copy.origin().map(Origin::as_str), Some("desk"));
    }
}
