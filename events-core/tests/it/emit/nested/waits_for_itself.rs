//! Section 5: a handler with a concurrency limit whose calls in progress wait for the next call of it.

use std::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    sync::{Arc, Mutex},
};

use events_core::{
    Event, Registry,
    bounds::Snapshot,
    subscriber, subscribers,
    subscribing::{BackgroundKind, NewSubscription},
};

use crate::{Gate, Journal, poll_once};

#[derive(Event, Clone)]
#[event(topic = "itself::one")]
struct One;

#[derive(Event, Clone)]
#[event(topic = "itself::two")]
struct Two;

const LIMIT_1: &str = "the call that the limit of 1 allows is in progress and awaits this one";
const LIMIT_2: &str = "the calls that the limit of 2 allows are in progress and await this one";

/// What `acts` notes is that the call that would wait was refused, with this limit and this chain.
fn check(way: &str, limit: &str, chain: &str, acts: impl FnOnce(&Registry, &Journal)) {
    let (registry, journal) = (Registry::new(), Journal::default());
    acts(&registry, &journal);
    let entries = journal.take();
    let [refusal] = &entries[..] else {
        panic!("{way}: {entries:?}");
    };
    for part in [limit, chain, "was not reached", "raise the limit"] {
        assert!(refusal.contains(part), "{way}: {part} is not in {refusal}");
    }
}

/// Subscribes a handler of `One` with this limit that awaits an emit of the event that `make` makes, and
/// notes the failures of that emit.
fn awaits<E: Event + Send + Sync + 'static>(
    registry: &Registry,
    journal: &Journal,
    limit: usize,
    make: fn() -> E,
) {
    let (inner, journal) = (registry.clone(), journal.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (inner, journal) = (inner.clone(), journal.clone());
        async move {
            if let Err(error) = inner.try_emit_async(make()).await {
                error
                    .failures()
                    .iter()
                    .for_each(|one| journal.note(one.to_string()));
            }
        }
    });
    register(new, limit);
}

/// Subscribes a handler of `Two` that awaits an emit of `One` to `target`, and notes the failure of that emit.
fn two_awaits_one(registry: &Registry, target: &Registry, journal: &Journal) {
    let (target, journal) = (target.clone(), journal.clone());
    let emits = move |_: &Two| {
        let (target, journal) = (target.clone(), journal.clone());
        async move {
            let error = target.try_emit_async(One).await.expect_err("it fails");
            journal.note(error.failures()[0].to_string());
        }
    };
    registry.on_async(emits).detach();
}

fn register<E: Snapshot>(new: NewSubscription<E, BackgroundKind>, limit: usize) {
    let new = new.concurrency(limit);
    new.register().expect("no options clash").detach();
}

fn ends(registry: &Registry) {
    assert!(poll_once(registry.emit_async(One)).is_ready());
}

#[test]
fn a_call_that_would_wait_for_itself_is_refused() {
    let two_calls = "itself::one (x2)";
    check("directly", LIMIT_1, two_calls, |registry, journal| {
        awaits(registry, journal, 1, || One);
        ends(registry);
    });
    let chain = "itself::one -> itself::two -> itself::one";
    check(
        "through another event",
        LIMIT_1,
        chain,
        |registry, journal| {
            awaits(registry, journal, 1, || Two);
            two_awaits_one(registry, registry, journal);
            ends(registry);
        },
    );
    check(
        "at a limit of 2",
        LIMIT_2,
        "itself::one (x3)",
        |registry, journal| {
            awaits(registry, journal, 2, || One);
            ends(registry);
        },
    );
    check("in a flush", LIMIT_1, two_calls, |registry, journal| {
        awaits(registry, journal, 1, || One);
        registry.emit(One);
        assert!(poll_once(registry.queue().flush_async()).is_ready());
    });
    check("in a worker", LIMIT_1, two_calls, |registry, journal| {
        awaits(registry, journal, 1, || One);
        registry.enqueue(One).expect("there is room");
        assert!(poll_once(registry.queue().work(2)).is_pending());
        assert!(registry.queue().is_empty());
        let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
        assert!(unfinished.is_empty(), "{unfinished}");
    });
}

/// Each of two calls awaits an emit that waits for one of the two.
#[test]
fn calls_that_would_wait_for_one_another_are_refused() {
    check(
        "in a worker",
        LIMIT_2,
        "itself::one (x2)",
        |registry, journal| {
            let (gate, inner, notes) = (Gate::default(), registry.clone(), journal.clone());
            let (waits, calls) = (gate.clone(), Arc::new(AtomicUsize::new(0)));
            let new = registry.subscribe_async(move |_: &One| {
                let (gate, inner, notes) = (waits.wait(), inner.clone(), notes.clone());
                let is_outer = calls.fetch_add(1, Ordering::Relaxed) < 2;
                async move {
                    if is_outer {
                        gate.await;
                        if let Err(error) = inner.try_emit_async(One).await {
                            notes.note(error.failures()[0].to_string());
                        }
                    }
                }
            });
            register(new, 2);
            registry.enqueue(One).expect("there is room");
            registry.enqueue(One).expect("there is room");
            let mut work = pin!(registry.queue().work(2));
            assert!(poll_once(work.as_mut()).is_pending());
            gate.open();
            // The second poll resumes both; one is refused and ends, and the third poll resumes the other.
            assert!(poll_once(work.as_mut()).is_pending());
            assert!(poll_once(work.as_mut()).is_pending());
            let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
            assert!(unfinished.is_empty(), "{unfinished}");
        },
    );
}

/// The handler of `One` runs a queue, whose event leads to the next call of the handler.
#[test]
fn a_call_in_a_flush_that_the_handler_awaits_is_refused() {
    let chain = "itself::one (x2)";
    check("of the same queue", LIMIT_1, chain, |registry, journal| {
        let (inner, notes) = (registry.clone(), journal.clone());
        let new = registry.subscribe_async(move |_: &One| {
            let (inner, notes) = (inner.clone(), notes.clone());
            async move {
                inner.enqueue(One).expect("there is room");
                let flushed = inner.queue().flush_async().await;
                notes.note(format!("{} failed", flushed.failures()));
            }
        });
        register(new, 1);
        ends(registry);
        assert_eq!(journal.take(), ["1 failed"]);
        // The flush logs the text, which is that of the other ways.
        awaits(registry, journal, 1, || One);
        ends(registry);
        let noted = journal.take();
        journal.note(&noted[noted.len() - 1]);
    });
    let chain = "itself::one -> itself::two -> itself::one";
    check("of another queue", LIMIT_1, chain, |registry, journal| {
        let other = Registry::new();
        two_awaits_one(&other, registry, journal);
        let flushes = move |_: &One| {
            let other = other.clone();
            async move {
                other.enqueue(Two).expect("there is room");
                assert!(poll_once(other.queue().flush_async()).is_ready());
            }
        };
        let new = registry.subscribe_async(flushes);
        register(new, 1);
        registry.emit(One);
        assert!(poll_once(registry.queue().flush_async()).is_ready());
    });
}

/// The queue is full, so that a deferred handler is called by the emit.
#[test]
fn a_call_on_a_full_queue_is_refused() {
    check(
        "deferred",
        LIMIT_1,
        "itself::one (x2)",
        |registry, journal| {
            registry.queue().set_capacity(1);
            registry.enqueue(Two).expect("there is room for one");
            let (inner, notes) = (registry.clone(), journal.clone());
            let new = registry.subscribe_deferred(move |_: &One| {
                let error = inner.try_emit(One).expect_err("it fails");
                notes.note(error.failures()[0].to_string());
            });
            register(new, 1);
            registry.emit(One);
        },
    );
}

#[subscriber(concurrency = 1)]
async fn declared(_: &One) {
    let error = One.try_emit_async().await.expect_err("it fails");
    let refusal = error.failures()[0].to_string();
    REFUSALS.lock().expect("it is not poisoned").push(refusal);
}

static REFUSALS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[test]
fn a_call_of_a_declared_handler_is_refused() {
    check("declared", LIMIT_1, "itself::one (x2)", |_, journal| {
        let registry = Registry::with(subscribers![declared]);
        let _current = registry.enter();
        ends(&registry);
        let refusals = std::mem::take(&mut *REFUSALS.lock().expect("it is not poisoned"));
        refusals
            .into_iter()
            .for_each(|refusal| journal.note(refusal));
    });
}

/// An emit that the handler does not await is deferred, and its call starts after the one in progress.
#[test]
fn an_emit_that_the_handler_does_not_await_is_not_refused() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let (inner, notes) = (registry.clone(), journal.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (inner, notes) = (inner.clone(), notes.clone());
        async move {
            notes.note("begins");
            if notes.0.lock().expect("it is not poisoned").len() == 1 {
                inner.emit(One);
                inner.enqueue(One).expect("there is room");
                _ = inner.queue().flush_async().await;
            }
            notes.note("ends");
        }
    });
    register(new, 1);
    registry.emit(One);
    let flushed = registry.queue().flush();
    assert_eq!(
        (flushed.ran(), flushed.failures(), flushed.left()),
        (3, 0, 0)
    );
    assert_eq!(journal.take(), ["begins", "ends"].repeat(3));
}

/// A call waits for one that does not wait for it.
#[test]
fn a_call_that_waits_for_another_emit_is_not_refused() {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    awaits(&registry, &journal, 1, || Two);
    let (waits, notes) = (gate.clone(), journal.clone());
    let new = registry.subscribe_async(move |_: &Two| {
        let (gate, notes) = (waits.wait(), notes.clone());
        async move {
            gate.await;
            notes.note("two");
        }
    });
    register(new, 1);
    let mut two = pin!(registry.emit_async(Two));
    let mut one = pin!(registry.emit_async(One));
    let mut next = pin!(registry.emit_async(One));
    assert!(poll_once(two.as_mut()).is_pending());
    assert!(poll_once(one.as_mut()).is_pending());
    assert!(poll_once(next.as_mut()).is_pending());
    gate.open();
    assert!(poll_once(two.as_mut()).is_ready());
    assert!(poll_once(one.as_mut()).is_ready());
    assert!(poll_once(next.as_mut()).is_ready());
    assert_eq!(journal.take(), ["two"; 3]);
}

/// The handler that awaits the emit is another one than that which is pending in the same emission.
#[test]
fn a_call_that_waits_for_one_beside_its_emit_is_not_refused() {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    let (waits, notes) = (gate.clone(), journal.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (gate, notes) = (waits.wait(), notes.clone());
        async move {
            gate.await;
            notes.note("ends");
        }
    });
    register(new, 1);
    let (inner, calls) = (registry.clone(), Arc::new(AtomicUsize::new(0)));
    registry
        .on_async(move |_: &One| {
            let is_outer = calls.fetch_add(1, Ordering::Relaxed) == 0;
            let inner = inner.clone();
            async move {
                if is_outer {
                    inner.emit_async(One).await;
                }
            }
        })
        .detach();
    let mut emit = pin!(registry.emit_async(One));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    assert!(poll_once(emit.as_mut()).is_ready());
    assert_eq!(journal.take(), ["ends"; 2]);
}
