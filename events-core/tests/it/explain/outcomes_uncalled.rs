//! Subscribers that are not called: by middleware, which leaves those that run once, and by their filters, whose reason
//! middleware receives.

use std::sync::{Arc, Mutex};

use events_core::{
    AnyEvent, Event, EventCopy, Registry,
    info::SubscriberInfo,
    middleware::{BoxFuture, Call, Middleware, Next, NextAsync},
    outcomes::{SkipReason, SubscriberOutcome},
    scanning::Subscribers,
    subscriber, subscribers,
};

use super::outcomes::{PLACED, Placed, lines};
use crate::block_on;

/// Fills the queue.
#[derive(Event, Clone)]
struct Other;

fn scan(registry: &Registry, subscribers: Subscribers) {
    registry.scanner().subscribers(subscribers).run();
}

#[subscriber(once)]
fn once(_: &Placed) {}

#[subscriber(once)]
async fn once_awaited(_: &mut Placed) {}

#[subscriber(once, when = |placed: &Placed| placed.cents > 0)]
async fn once_awaited_if(_: &mut Placed) {}

#[subscriber(once)]
async fn once_async(_: &Placed) {}

#[subscriber(once, deferred)]
fn once_deferred(_: &Placed) {}

#[subscriber(once, topic = r"outcome\.placed")]
fn once_by_topic(_: &dyn AnyEvent) {}

#[subscriber(once, topic = r"outcome\.placed")]
async fn once_by_topic_async(_: &EventCopy) {}

/// It is not used up: else it would never run.
#[test]
fn one_that_runs_once_and_that_middleware_does_not_call_runs_later() {
    struct NotYet(Arc<Mutex<bool>>);

    impl NotYet {
        fn skips(&self) -> bool {
            *self.0.lock().expect("not poisoned")
        }
    }

    impl Middleware for NotYet {
        fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
            match self.skips() {
                true => SubscriberOutcome::Skipped(SkipReason::Middleware),
                false => next.run(),
            }
        }

        fn call_async<'a>(
            &'a self,
            _: &'a SubscriberInfo,
            next: NextAsync<'a>,
        ) -> BoxFuture<'a, SubscriberOutcome> {
            match self.skips() {
                true => Box::pin(async { SubscriberOutcome::Skipped(SkipReason::Middleware) }),
                false => next.run(),
            }
        }
    }

    let rows: [fn(&Registry); 9] = [
        |to| scan(to, subscribers![once]),
        |to| scan(to, subscribers![once_awaited]),
        |to| scan(to, subscribers![once_awaited_if]),
        |to| scan(to, subscribers![once_async]),
        |to| scan(to, subscribers![once_deferred]),
        |to| scan(to, subscribers![once_by_topic]),
        |to| scan(to, subscribers![once_by_topic_async]),
        |to| {
            to.subscribe(|_: &Placed| {})
                .once()
                .register()
                .expect("new")
                .detach();
        },
        |to| {
            to.subscribe_awaited(async |_: &mut Placed| {})
                .once()
                .register()
                .expect("new")
                .detach();
        },
    ];
    for register in rows {
        let registry = Registry::new();
        registry.queue().set_capacity(1);
        registry.enqueue(Other).expect("there is room");
        register(&registry);
        let skips = Arc::new(Mutex::new(true));
        registry.wrap(NotYet(Arc::clone(&skips))).detach();
        let emit = || lines(&block_on(registry.try_emit_async(PLACED)));
        let skipped = "was skipped: a middleware did not call it";
        for _ in 0..2 {
            let lines = emit();
            assert!(lines[0].ends_with(skipped), "{lines:?}");
        }
        *skips.lock().expect("not poisoned") = false;
        let lines = emit();
        assert!(lines[0].ends_with(" ran"), "{lines:?}");
        let used_up = emit();
        assert!(
            used_up.iter().all(|line| line.ends_with("and has run")),
            "{used_up:?}"
        );
    }
}

/// The reason is that of the outcome, also for the middleware.
#[test]
fn a_subscriber_that_a_filter_excludes_has_the_reason_in_middleware_as_well() {
    fn elsewhere() {}

    struct Note(Arc<Mutex<Vec<String>>>);

    impl Note {
        fn note(&self, call: Call<'_>, outcome: &SubscriberOutcome) {
            let line = format!("{} {outcome}", call.subscriber().name);
            self.0.lock().expect("not poisoned").push(line);
        }
    }

    impl Middleware for Note {
        fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
            let (call, outcome) = (next.call(), next.run());
            self.note(call, &outcome);
            outcome
        }

        fn call_async<'a>(
            &'a self,
            _: &'a SubscriberInfo,
            next: NextAsync<'a>,
        ) -> BoxFuture<'a, SubscriberOutcome> {
            let call = next.call();
            Box::pin(async move {
                let outcome = next.run().await;
                self.note(call, &outcome);
                outcome
            })
        }
    }

    let registry = Registry::new();
    let notes = Arc::default();
    registry.wrap(Note(Arc::clone(&notes))).detach();
    let sync = |id| registry.subscribe(|_: &Placed| {}).id(id);
    let awaited = |id| registry.subscribe_awaited(async |_: &mut Placed| {}).id(id);
    let later = |id| registry.subscribe_async(async |_: &Placed| {}).id(id);
    sync("sync of origin")
        .origin(elsewhere)
        .register()
        .expect("new")
        .detach();
    sync("sync if")
        .when(|_| false)
        .register()
        .expect("new")
        .detach();
    sync("sync once").once().register().expect("new").detach();
    awaited("awaited of origin")
        .origin(elsewhere)
        .register()
        .expect("new")
        .detach();
    awaited("awaited if")
        .when(|_| false)
        .register()
        .expect("new")
        .detach();
    later("async of origin")
        .origin(elsewhere)
        .register()
        .expect("new")
        .detach();
    later("async if")
        .when(|_| false)
        .register()
        .expect("new")
        .detach();
    let outcomes = lines(&block_on(registry.try_emit_async(PLACED)));
    let origin = "was skipped: it is limited to another origin";
    let condition = "was skipped: its condition rejected the event";
    let expected = [
        format!("sync of origin {origin}"),
        format!("sync if {condition}"),
        "sync once ran".to_owned(),
        format!("awaited of origin {origin}"),
        format!("awaited if {condition}"),
        format!("async of origin {origin}"),
        format!("async if {condition}"),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(*notes.lock().expect("not poisoned"), expected);
}
