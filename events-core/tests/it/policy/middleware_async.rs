//! Middleware around the calls of async, deferred and awaited subscribers.

use std::ops::ControlFlow;

use events_core::{
    Event, EventCopy, Registry, args,
    failures::Cause,
    info::SubscriberInfo,
    middleware::{BoxFuture, Middleware, Next, NextAsync},
    outcomes::{SkipReason, SubscriberOutcome},
};

use super::yield_once;
use crate::{Journal, block_on};

#[derive(Event, Clone)]
#[event(topic = "policy::sent")]
pub(super) struct Sent;

/// A middleware that notes each call with its outcome.
pub(super) struct Note(pub(super) &'static str, pub(super) Journal);

impl Middleware for Note {
    fn call(&self, subscriber: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let outcome = next.run();
        self.1
            .note(format!("{} sync {}: {outcome}", self.0, subscriber.name));
        outcome
    }

    fn call_async<'a>(
        &'a self,
        subscriber: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move {
            let outcome = next.run().await;
            self.1
                .note(format!("{} {}: {outcome}", self.0, subscriber.name));
            outcome
        })
    }
}

pub(super) type Call = fn(NextAsync<'_>) -> BoxFuture<'_, SubscriberOutcome>;

/// A middleware that is a function.
pub(super) struct Around(pub(super) Call);

impl Middleware for Around {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        (self.0)(next)
    }
}

pub(super) fn noting(registry: &Registry) -> Journal {
    let journal = Journal::default();
    registry.wrap(Note("m", journal.clone())).detach();
    journal
}

#[test]
fn it_stands_around_async_deferred_and_awaited_subscribers() {
    let registry = Registry::new();
    registry
        .subscribe_async(async |_: &Sent| ())
        .id("at once")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_async(async |_: &Sent| yield_once().await)
        .id("later")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_awaited(async |_: &mut Sent| yield_once().await)
        .id("awaited")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_deferred(|_: &Sent| ())
        .id("deferred")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe(|_: &Sent| ())
        .id("sync")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_topic_deferred("policy::.*", |_: &EventCopy| ())
        .expect("a pattern")
        .id("copy")
        .register()
        .expect("registered")
        .detach();
    let journal = noting(&registry);
    let emitted = block_on(registry.try_emit_async(Sent)).expect("none fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (4, 2));
    let mut noted = journal.take();
    assert_eq!(noted[..2], ["m awaited: ran", "m sync sync: ran"]);
    noted[2..].sort();
    assert_eq!(noted[2..], ["m at once: ran", "m later: ran"]);
    registry.queue().flush();
    assert_eq!(journal.take(), ["m deferred: ran", "m copy: ran"]);
    registry.enqueue(Sent).expect("there is room");
    registry.queue().flush();
    assert_eq!(journal.take().len(), 6);
    registry.emit_topic("policy::named", args! {});
    registry.queue().flush();
    assert_eq!(journal.take(), ["m copy: ran"]);
}

#[test]
fn the_last_one_is_the_outermost() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .subscribe_async(async |_: &Sent| yield_once().await)
        .id("a")
        .register()
        .expect("registered")
        .detach();
    registry.wrap(Note("inner", journal.clone())).detach();
    registry.wrap(Note("outer", journal.clone())).detach();
    block_on(registry.emit_async(Sent));
    assert_eq!(journal.take(), ["inner a: ran", "outer a: ran"]);
}

#[test]
fn failures_panics_and_filters_arrive_as_outcomes() {
    let registry = Registry::new();
    let on = |id: &'static str| {
        registry
            .subscribe_async(move |_: &Sent| async move {
                if id.ends_with("later") {
                    yield_once().await;
                }
                assert!(!id.starts_with("panic"), "lost");
                if id.starts_with("error") {
                    Err("refused")
                } else {
                    Ok(())
                }
            })
            .id(id)
    };
    for id in ["error", "error later", "panic", "panic later"] {
        on(id).register().expect("registered").detach();
    }
    on("filtered")
        .when(|_| false)
        .register()
        .expect("registered")
        .detach();
    on("bad filter")
        .when(|_| panic!("no condition"))
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe_awaited(async |_: &mut Sent| ())
        .id("awaited")
        .when(|_| false)
        .register()
        .expect("registered")
        .detach();
    let journal = noting(&registry);
    let error = block_on(registry.try_emit_async(Sent)).expect_err("five fail");
    assert_eq!((error.ran(), error.failures().len()), (5, 5));
    let mut noted = journal.take();
    noted.sort();
    assert_eq!(noted.len(), 7);
    assert_eq!(
        noted[0],
        "m awaited: was skipped: its condition rejected the event"
    );
    assert!(noted[1].starts_with("m bad filter: panicked") && noted[1].ends_with("no condition"));
    assert_eq!(noted[2], "m error later: returned an error: refused");
    assert_eq!(noted[3], "m error: returned an error: refused");
    assert_eq!(
        noted[4],
        "m filtered: was skipped: its condition rejected the event"
    );
    assert!(noted[5].starts_with("m panic later: panicked") && noted[5].ends_with("lost"));
    assert!(noted[6].starts_with("m panic: panicked") && noted[6].ends_with("lost"));
}

/// What an async emit to an async and an awaited subscriber reports through this middleware: how many ran, the failures,
/// and how many bodies ran.
#[track_caller]
fn check(call: Call, (ran, failures, bodies): (usize, usize, usize)) {
    for is_later in [false, true] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let body = journal.clone();
        registry
            .on_async(move |_: &Sent| {
                let body = body.clone();
                async move {
                    if is_later {
                        yield_once().await;
                    }
                    body.note("body");
                }
            })
            .detach();
        let body = journal.clone();
        registry
            .on_awaited_with(body, async |_: &mut Sent, body: &Journal| {
                yield_once().await;
                body.note("body");
            })
            .detach();
        let reported = Journal::default();
        let hook = reported.clone();
        registry
            .on_failure(move |failure| hook.note(failure.to_string()))
            .detach();
        registry.wrap(Around(call)).detach();
        let (now_ran, now_failures) = match block_on(registry.try_emit_async(Sent)) {
            Ok(emitted) => (emitted.ran(), vec![]),
            Err(error) => {
                let texts = error.failures().iter().map(ToString::to_string);
                (error.ran(), texts.collect())
            }
        };
        assert_eq!((now_ran, now_failures.len()), (ran, failures));
        assert_eq!(reported.take(), now_failures);
        assert_eq!(journal.take().len(), bodies);
        // The same from the queue.
        registry.enqueue(Sent).expect("there is room");
        let flushed = registry.queue().flush();
        assert_eq!(flushed.failures(), failures);
        assert_eq!(journal.take().len(), bodies);
    }
}

#[test]
fn its_outcome_decides() {
    check(|next| next.run(), (2, 0, 2));
    let skip: Call = |_| Box::pin(async { SubscriberOutcome::Skipped(SkipReason::Middleware) });
    check(skip, (0, 0, 0));
    check(|_| Box::pin(async { SubscriberOutcome::Ran }), (2, 0, 0));
    check(
        |next| {
            let call = next.call();
            Box::pin(async move { call.fail("forbidden") })
        },
        (2, 2, 0),
    );
    check(
        |next| {
            let call = next.call();
            Box::pin(async move {
                next.run().await;
                call.fail("too late")
            })
        },
        (2, 2, 2),
    );
    check(|_| panic!("no rule"), (2, 2, 0));
    check(|_| Box::pin(async { panic!("no rule") }), (2, 2, 0));
    check(
        |next| {
            Box::pin(async move {
                next.run().await;
                panic!("no rule")
            })
        },
        (2, 2, 2),
    );
}

#[test]
fn a_stop_of_an_awaited_subscriber_passes_through_it() {
    let registry = Registry::new();
    registry
        .subscribe_awaited(async |_: &mut Sent| ControlFlow::Break(()))
        .id("stop")
        .register()
        .expect("registered")
        .detach();
    registry
        .subscribe(|_: &Sent| ())
        .id("sync")
        .register()
        .expect("registered")
        .detach();
    let journal = noting(&registry);
    let emitted = block_on(registry.try_emit_async(Sent)).expect("none fails");
    assert_eq!(emitted.stopped_by().map(|info| &*info.name), Some("stop"));
    assert_eq!(journal.take(), ["m stop: ran and stopped the event"]);
}

#[test]
fn an_awaited_subscriber_in_a_sync_emit_has_failed() {
    let registry = Registry::new();
    registry
        .subscribe_awaited(async |_: &mut Sent| ())
        .id("awaited")
        .register()
        .expect("registered")
        .detach();
    let journal = noting(&registry);
    let error = registry.try_emit(Sent).expect_err("it is not run");
    assert!(matches!(error.failures()[0].cause(), Cause::NotAwaited(_)));
    assert_eq!(error.ran(), 0);
    assert!(journal.take()[0].starts_with("m sync awaited: was not reached"));
}
