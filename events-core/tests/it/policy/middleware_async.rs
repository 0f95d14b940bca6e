//! Middleware around the calls of async, deferred and awaited subscribers.

use std::{
    cell::Cell,
    future::poll_fn,
    ops::ControlFlow,
    sync::{Arc, Mutex},
    task::Poll,
};

use events_core::{
    Event, EventCopy, Registry, Subscription, args,
    failures::Cause,
    info::SubscriberInfo,
    middleware::{BoxFuture, Middleware, Next, NextAsync},
    outcomes::{SkipReason, SubscriberOutcome},
};

use super::yield_once;
use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
#[event(topic = "policy::sent")]
struct Sent;

/// A middleware that notes each call with its outcome.
struct Note(&'static str, Journal);

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

type Call = fn(NextAsync<'_>) -> BoxFuture<'_, SubscriberOutcome>;

/// A middleware that is a function.
struct Around(Call);

impl Middleware for Around {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        (self.0)(next)
    }
}

fn noting(registry: &Registry) -> Journal {
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
    let emitted = block_on(registry.try_emit_async(Sent))
        .ok()
        .expect("none fails");
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
    let error = block_on(registry.try_emit_async(Sent))
        .err()
        .expect("five fail");
    assert_eq!((error.ran(), error.failures().len()), (5, 5));
    let mut noted = journal.take();
    noted.sort();
    assert_eq!(noted.len(), 7);
    assert_eq!(
        noted[0],
        "m awaited: was skipped: a filter excluded the event"
    );
    assert!(noted[1].starts_with("m bad filter: panicked") && noted[1].ends_with("no condition"));
    assert_eq!(noted[2], "m error later: returned an error: refused");
    assert_eq!(noted[3], "m error: returned an error: refused");
    assert_eq!(
        noted[4],
        "m filtered: was skipped: a filter excluded the event"
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
fn one_that_drops_the_call_halfway_cancels_the_subscriber() {
    let cancel: Call = |next| {
        let call = next.call();
        Box::pin(async move {
            let mut next = next.run();
            poll_fn(|context| {
                assert!(next.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            drop(next);
            call.fail("cancelled")
        })
    };
    let registry = Registry::new();
    let gate = Gate::default();
    let (waiting, dropped) = (gate.clone(), Arc::new(()));
    let held = Arc::clone(&dropped);
    registry
        .on_async(move |_: &Sent| {
            let (held, waiting) = (Arc::clone(&held), waiting.clone());
            async move {
                let _held = held;
                waiting.wait().await;
            }
        })
        .detach();
    registry.wrap(Around(cancel)).detach();
    let error = block_on(registry.try_emit_async(Sent))
        .err()
        .expect("it is cancelled");
    assert_eq!(
        error.failures()[0].error().expect("an error").to_string(),
        "cancelled"
    );
    assert_eq!(Arc::strong_count(&dropped), 2);
    gate.open();
}

#[test]
fn the_subscriber_is_polled_inside_of_the_middleware() {
    thread_local! {
        static TASK_LOCAL: Cell<u32> = const { Cell::new(0) };
    }
    let scoped: Call = |next| {
        let mut next = next.run();
        Box::pin(poll_fn(move |context| {
            TASK_LOCAL.set(7);
            let polled = next.as_mut().poll(context);
            TASK_LOCAL.set(0);
            polled
        }))
    };
    let (registry, journal) = (Registry::new(), Journal::default());
    let seen = journal.clone();
    registry
        .on_async(move |_: &Sent| {
            let seen = seen.clone();
            async move {
                seen.note(TASK_LOCAL.get().to_string());
                yield_once().await;
                seen.note(TASK_LOCAL.get().to_string());
            }
        })
        .detach();
    registry.wrap(Around(scoped)).detach();
    block_on(registry.emit_async(Sent));
    assert_eq!(journal.take(), ["7", "7"]);
}

#[test]
fn dropping_the_emit_drops_the_middleware_with_the_subscriber() {
    let registry = Registry::new();
    let alive = Arc::new(());
    let (held, gate) = (Arc::clone(&alive), Gate::default());
    registry
        .on_async(move |_: &Sent| {
            let (held, gate) = (Arc::clone(&held), gate.clone());
            async move {
                let _held = held;
                gate.wait().await;
            }
        })
        .detach();
    let journal = noting(&registry);
    assert!(poll_once(registry.emit_async(Sent)).is_pending());
    assert_eq!(Arc::strong_count(&alive), 2);
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn a_panic_in_the_drop_of_a_call_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let (registry, gate) = (Registry::new(), Gate::default());
    registry
        .on_async(move |_: &Sent| {
            let gate = gate.clone();
            async move {
                let _bomb = Bomb;
                gate.wait().await;
            }
        })
        .detach();
    let abandon: Call = |next| {
        let mut next = next.run();
        Box::pin(async move {
            poll_fn(|context| {
                let _ = next.as_mut().poll(context);
                Poll::Ready(())
            })
            .await;
            drop(next);
            SubscriberOutcome::Skipped(SkipReason::Middleware)
        })
    };
    let journal = Journal::default();
    registry.wrap(Around(abandon)).detach();
    registry.wrap(Note("m", journal.clone())).detach();
    assert!(block_on(registry.try_emit_async(Sent)).is_ok());
    assert_eq!(journal.take().len(), 1);
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
    let emitted = block_on(registry.try_emit_async(Sent))
        .ok()
        .expect("none fails");
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
    let error = registry.try_emit(Sent).err().expect("it is not run");
    assert!(matches!(error.failures()[0].cause(), Cause::NotAwaited(_)));
    assert_eq!(error.ran(), 0);
    assert!(journal.take()[0].starts_with("m sync awaited: was not reached"));
}

#[test]
fn a_middleware_that_is_removed_meanwhile_ends_its_call() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waiting = gate.clone();
    registry
        .subscribe_async(move |_: &Sent| {
            let waiting = waiting.clone();
            async move { waiting.wait().await }
        })
        .id("a")
        .register()
        .expect("registered")
        .detach();
    let journal = Journal::default();
    let wrapped: Subscription = registry.wrap(Note("m", journal.clone()));
    let mut emit = Box::pin(registry.emit_async(Sent));
    assert!(poll_once(emit.as_mut()).is_pending());
    drop(wrapped);
    gate.open();
    block_on(emit);
    assert_eq!(journal.take(), ["m a: ran"]);
    block_on(registry.emit_async(Sent));
    assert_eq!(journal.take(), [""; 0]);
}

#[test]
fn an_emit_inside_of_a_subscriber_is_nested_in_its_emission() {
    #[derive(Event, Clone)]
    struct Inner;
    let registry = Registry::new();
    let parents = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&parents);
    registry
        .on(move |_: &Inner, emission: &events_core::Emission| {
            seen.lock().expect("not poisoned").push(emission.parent());
        })
        .detach();
    let (own, ids) = (registry.clone(), Arc::new(Mutex::new(Vec::new())));
    let noted = Arc::clone(&ids);
    registry
        .on_async(move |_: &Sent, emission: &events_core::Emission| {
            let (noted, own, id) = (Arc::clone(&noted), own.clone(), emission.id());
            async move {
                noted.lock().expect("not poisoned").push(Some(id));
                yield_once().await;
                own.emit(Inner);
            }
        })
        .detach();
    let journal = noting(&registry);
    block_on(registry.emit_async(Sent));
    assert_eq!(
        *parents.lock().expect("not poisoned"),
        *ids.lock().expect("not poisoned")
    );
    assert_eq!(journal.take().len(), 2);
}
