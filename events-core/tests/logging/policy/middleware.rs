//! What is logged about middleware that does not call what it stands around.

use std::{
    future::{poll_fn, ready},
    sync::Mutex,
    task::Poll,
};

use events_core::{
    Emission, Event, Registry,
    info::SubscriberInfo,
    middleware::{
        BoxFuture, EmitMiddleware, EmitOutcome, Middleware, Next, NextAsync, NextEmit,
        NextEmitAsync,
    },
    outcomes::{SkipReason, SubscriberOutcome},
};
use tracing::Level;

use crate::{logged, suspend};

#[derive(Event, Clone)]
#[event(topic = "wrapped")]
struct Wrapped;

/// Returns an outcome, without having called the subscriber.
struct Returns(Sync, Async);

type Sync = fn() -> SubscriberOutcome;
type Async = fn(NextAsync<'_>) -> BoxFuture<'_, SubscriberOutcome>;

impl Middleware for Returns {
    fn call(&self, _: &SubscriberInfo, _: Next<'_>) -> SubscriberOutcome {
        (self.0)()
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        (self.1)(next)
    }
}

#[test]
fn an_outcome_that_claims_a_call_which_was_not_made_is_logged_at_warn() {
    let ran = || SubscriberOutcome::Ran;
    let skipped = || SubscriberOutcome::Skipped(SkipReason::Middleware);
    let calls: Async = |next| next.run();
    let returns: Async = |_| Box::pin(ready(SubscriberOutcome::Ran));
    let drops: Async = |next| {
        drop(next.run());
        Box::pin(ready(SubscriberOutcome::Ran))
    };
    let cases: &[(&str, Sync, Async, usize)] = &[
        ("sync ran", ran, calls, 1),
        ("sync stopped", || SubscriberOutcome::Stopped, calls, 1),
        ("skipped", skipped, calls, 0),
        ("async ran", skipped, returns, 1),
        ("async dropped before it was polled", skipped, drops, 1),
    ];
    for (case, sync, asynchronous, records) in cases {
        let registry = Registry::new();
        registry.wrap(Returns(*sync, *asynchronous)).detach();
        registry.on(|_: &Wrapped| ()).detach();
        registry.on_async(async |_: &Wrapped| ()).detach();
        let emit = || smol::block_on(registry.emit_async(Wrapped));
        let log = logged(Level::WARN, emit);
        assert_eq!(log.len(), *records, "{case}: {log:#?}");
        let text = "a middleware returned that a subscriber ran, without having called it";
        assert!(log.iter().all(|line| line.contains(text)), "{case}");
        assert!(log.iter().all(|line| line.starts_with("WARN")), "{case}");
    }
}

/// Keeps the outcome of an emission, and returns it for the next one, which it does not make.
#[derive(Default)]
struct Keeps(Mutex<Option<EmitOutcome>>);

impl Keeps {
    fn exchange(&self, outcome: impl FnOnce() -> EmitOutcome) -> EmitOutcome {
        let kept = self.0.lock().expect("not poisoned").take();
        if let Some(kept) = kept {
            return kept;
        }
        *self.0.lock().expect("not poisoned") = Some(outcome());
        EmitOutcome::withheld()
    }
}

impl EmitMiddleware for Keeps {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        self.exchange(|| next.run())
    }
}

#[test]
fn the_outcome_of_another_emission_is_logged_at_warn() {
    let registry = Registry::new();
    registry.on(|_: &Wrapped| ()).detach();
    registry.wrap_emit(Keeps::default()).detach();
    // It has called the subscribers, whatever it returns.
    let log = logged(Level::WARN, || {
        assert_eq!(registry.try_emit(Wrapped).expect("it runs").ran(), 1);
    });
    assert_eq!(log, [""; 0]);
    let log = logged(Level::WARN, || {
        assert_eq!(registry.try_emit(Wrapped).expect("it is withheld").ran(), 0);
    });
    let [record] = &log[..] else {
        panic!("one record: {log:#?}")
    };
    assert!(record.starts_with("WARN events_core: a middleware returned the outcome of another"));
    assert!(record.contains("topic=\"wrapped\""), "{record}");
}

/// Polls the subscribers once, and drops them.
struct CutsOff;

impl EmitMiddleware for CutsOff {
    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            let mut rest = next.run();
            poll_fn(|context| {
                assert!(rest.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            suspend().await;
            EmitOutcome::withheld()
        })
    }
}

#[test]
fn subscribers_that_a_middleware_cuts_off_are_named_once() {
    let registry = Registry::new();
    let new = registry.subscribe_async(async |_: &Wrapped| std::future::pending::<()>().await);
    new.id("endless").register().expect("registered").detach();
    registry.wrap_emit(CutsOff).detach();
    let emit = || _ = smol::block_on(registry.emit_async(Wrapped));
    let enqueue = || {
        registry.enqueue(Wrapped).expect("there is room");
        registry.queue().flush();
    };
    for run in [&emit as &dyn Fn(), &enqueue] {
        let log = logged(Level::WARN, run);
        let [record] = &log[..] else {
            panic!("one record: {log:#?}")
        };
        let text = "WARN events_core: a middleware dropped the future of next.run() before its end";
        assert!(record.starts_with(text), "{record}");
        assert!(record.contains("cut_off=\"endless ("), "{record}");
    }
}

/// Fails.
struct Fails;

impl EmitMiddleware for Fails {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        next.call().fail("no database")
    }
}

#[test]
fn a_middleware_that_fails_is_logged_at_error_by_its_name() {
    let registry = Registry::new();
    registry.wrap_emit(Fails).detach();
    let log = logged(Level::ERROR, || registry.emit(Wrapped));
    let [record] = &log[..] else {
        panic!("one record: {log:#?}")
    };
    let text =
        "ERROR events_core: a middleware around an emission failed topic=\"wrapped\" subscriber=";
    assert!(record.starts_with(text), "{record}");
    assert!(record.contains("::Fails location="), "{record}");
    assert!(
        record.contains("cause=returned an error: no database"),
        "{record}"
    );
}

/// Has a span around the subscribers.
struct Traced;

impl EmitMiddleware for Traced {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        tracing::error_span!("around").in_scope(|| next.run())
    }

    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        let mut rest = next.run();
        let span = tracing::error_span!("around");
        Box::pin(poll_fn(move |context| {
            let _entered = span.enter();
            rest.as_mut().poll(context)
        }))
    }
}

#[test]
fn the_subscribers_run_in_the_span_in_which_the_middleware_polls_them() {
    let registry = Registry::new();
    registry
        .on_awaited_with((), async |_: &mut Wrapped, (): &()| {
            suspend().await;
            tracing::error!("awaited");
        })
        .detach();
    registry
        .on_async(async |_: &Wrapped| {
            suspend().await;
            tracing::error!("async");
        })
        .detach();
    registry.wrap_emit(Traced).detach();
    let log = logged(Level::ERROR, || {
        smol::block_on(registry.emit_async(Wrapped))
    });
    let records: Vec<_> = log.iter().filter(|line| !line.ends_with("new")).collect();
    assert_eq!(records.len(), 2, "{log:#?}");
    assert!(
        records
            .iter()
            .all(|record| record.starts_with("ERROR around: ")),
        "{log:#?}"
    );
}
