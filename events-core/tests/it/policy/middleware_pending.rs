//! Middleware around async calls that are pending: where they are polled, and what becomes of them when they are dropped.

use std::{
    cell::Cell,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use events_core::{
    Event, Registry, Subscription,
    middleware::{BoxFuture, NextAsync},
    outcomes::{SkipReason, SubscriberOutcome},
};

use super::{
    middleware_async::{Around, Call, Note, Sent, noting},
    yield_once,
};
use crate::{Gate, Journal, block_on, poll_once};

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
    let error = block_on(registry.try_emit_async(Sent)).expect_err("it is cancelled");
    assert_eq!(
        error.failures()[0].error().expect("an error").to_string(),
        "cancelled"
    );
    assert_eq!(Arc::strong_count(&dropped), 2);
    gate.open();
}

/// Polls the call on another thread, from that poll on.
fn polled_elsewhere(next: NextAsync<'_>, from: usize) -> BoxFuture<'_, SubscriberOutcome> {
    let (mut next, mut polls) = (next.run(), 0);
    Box::pin(poll_fn(move |context| {
        polls += 1;
        if polls < from {
            return next.as_mut().poll(context);
        }
        let waker = context.waker();
        let poll = || next.as_mut().poll(&mut Context::from_waker(waker));
        std::thread::scope(|scope| scope.spawn(poll).join()).expect("no panic")
    }))
}

#[test]
fn a_call_that_is_polled_on_another_thread_fails_with_the_remedy() {
    let at_once: Call = |next| polled_elsewhere(next, 1);
    let resumed: Call = |next| polled_elsewhere(next, 2);
    for (middleware, begun) in [(at_once, 0), (resumed, 3)] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let notes = journal.clone();
        let handler = move |_: &Sent| {
            let notes = notes.clone();
            async move {
                notes.note("begun");
                yield_once().await;
                notes.note("ended");
            }
        };
        let retried = registry.subscribe_async(handler.clone()).retry(3);
        retried.register().expect("registered").detach();
        registry.on_async(handler).detach();
        let awaited = async |_: &mut Sent, notes: &Journal| {
            notes.note("begun");
            yield_once().await;
            notes.note("ended");
        };
        let awaited = registry.subscribe_awaited_with(journal.clone(), awaited);
        awaited.register().expect("registered").detach();
        registry.wrap(Around(middleware)).detach();
        let error = block_on(registry.try_emit_async(Sent)).expect_err("it fails");
        assert_eq!(error.failures().len(), 3);
        for failure in error.failures() {
            let text = failure.error().expect("an error").to_string();
            assert!(
                text.contains("as on another thread; poll the future"),
                "{text}"
            );
            assert!(failure.is_final());
        }
        assert_eq!(journal.take(), vec!["begun"; begun]);
        assert_eq!(registry.queue().scheduled(), 0);
    }
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
