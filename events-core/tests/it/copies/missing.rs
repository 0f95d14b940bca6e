//! Events that cannot be copied: a failed delivery for each subscriber that takes a copy.

use std::{cell::Cell, sync::Arc, sync::atomic::Ordering};

use events_core::{
    AnyEvent, EmitError, Emitted, Event, EventCopy, Registry,
    failures::{Cause, Undelivered},
};

use super::{Borrowed, Fixed, Generic, Local, order};
use crate::block_on;

const OWNED: &str = "derive `Clone` for the event, and store in it only values that are `Send` and `Sync`; a generic \
                     event also needs `#[event(clone)]` or `subscribing::register_copy`, and a model \
                     `record::register_copies`";

const BORROWED: &str = "an event that borrows cannot outlive the emit: store owned values in it, or make the \
                        subscriber a sync one";

/// Subscribes a deferred, an async and a filtered handler, and checks how each of the first two fails.
fn check<E: Event>(topic: &str, remedy: &str, event: impl Fn() -> E) {
    let registry = Registry::new();
    let accepts_none = |_: &dyn AnyEvent| false;
    let _subscriptions = [
        registry
            .on_topic_deferred("copies::.*", |_: &EventCopy| panic!())
            .expect("a pattern"),
        registry
            .on_topic_async("copies::.*", async |_: &EventCopy| panic!())
            .expect("a pattern"),
        registry
            .subscribe_topic_deferred("copies::.*", |_: &EventCopy| panic!())
            .expect("a pattern")
            .when(accepts_none)
            .register()
            .expect("no id"),
    ];
    let results = [
        registry.try_emit(event()),
        block_on(registry.try_emit_async(event())),
    ];
    for result in results {
        let Err(error) = result else {
            panic!("it is not delivered")
        };
        assert_eq!(error.ran(), 0);
        assert_eq!(error.failures().len(), 2);
        for failure in error.failures() {
            let text = format!(
                "was not reached: it takes a copy of the event, and `{topic}` has none; {remedy}"
            );
            assert!(failure.to_string().ends_with(&text), "{failure}");
            assert!(matches!(failure.cause(), Cause::NoCopy(why) if why.topic() == topic));
        }
    }
    assert_eq!(registry.queue().flush().ran(), 0);
}

#[test]
fn an_event_that_cannot_be_copied_is_a_failed_delivery() {
    check("copies::Fixed", OWNED, || Fixed);
    check("copies::Local", OWNED, || Local(Cell::new(7)));
    check("copies::Generic", OWNED, || Generic(7_u8));
    check("copies::Borrowed", BORROWED, || Borrowed("text"));
}

fn counts<E>(result: Result<Emitted<E>, EmitError<E>>) -> (usize, Vec<String>) {
    match result {
        Ok(emitted) => (emitted.ran(), Vec::new()),
        Err(error) => {
            let failures = error.failures().iter();
            let causes = failures.map(|failure| match failure.cause() {
                Cause::Panic(panic) => format!("panic: {}", panic.message()),
                Cause::Undelivered(Undelivered::NotCopied) => "not copied".to_owned(),
                other => format!("{other}"),
            });
            (error.ran(), causes.collect())
        }
    }
}

#[test]
fn a_clone_that_panics_is_called_once_and_fails_for_all() {
    let registry = Registry::new();
    let on = |pattern| registry.on_topic_async(pattern, async |_: &EventCopy| panic!("it ran"));
    let _subscriptions = [on(".*"), on(".*")];
    let expected = ["panic: this order cannot be cloned", "not copied"]
        .map(String::from)
        .to_vec();
    let event = order(666);
    let clones = Arc::clone(&event.clones);
    assert_eq!(counts(registry.try_emit(event)), (1, expected.clone()));
    assert_eq!(clones.load(Ordering::Relaxed), 1);
    let event = order(666);
    let clones = Arc::clone(&event.clones);
    assert_eq!(
        counts(block_on(registry.try_emit_async(event))),
        (1, expected)
    );
    assert_eq!(clones.load(Ordering::Relaxed), 1);
}

#[test]
fn sync_subscribers_of_such_an_event_are_not_affected() {
    let registry = Registry::new();
    let _sync = registry
        .on_topic(".*", |_: &dyn AnyEvent| ())
        .expect("a pattern");
    let _deferred = registry
        .on_topic_deferred(".*", |_: &EventCopy| ())
        .expect("a pattern");
    let Err(error) = registry.try_emit(Borrowed("text")) else {
        panic!("one fails")
    };
    assert_eq!((error.ran(), error.failures().len()), (1, 1));
    let Err(error) = block_on(registry.try_emit_async(Borrowed("text"))) else {
        panic!("one fails")
    };
    assert_eq!((error.ran(), error.failures().len()), (1, 1));
}
