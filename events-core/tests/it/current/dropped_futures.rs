//! Section 3: what the destructors in a cancelled future emit reaches the registry in which it was polled.

use std::{
    cell::Cell,
    future::{Future, pending},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use events_core::{
    Emission, Event, Registry,
    bridges::Signal,
    middleware::{BoxFuture, EmitMiddleware, EmitOutcome, NextEmit, NextEmitAsync},
    scopes::WithRegistry,
    signal_to_event,
};
use futures_core::Stream;

use crate::{Journal, poll_once};

#[derive(Event, Clone)]
struct Started;

#[derive(Event)]
struct Cancelled;

struct EmitsOnDrop;

impl Drop for EmitsOnDrop {
    fn drop(&mut self) {
        Cancelled.emit();
    }
}

async fn never_ends() {
    let _emits = EmitsOnDrop;
    pending::<()>().await;
}

/// A stream without an item.
struct Silent(EmitsOnDrop);

impl Stream for Silent {
    type Item = ();

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<()>> {
        Poll::Pending
    }
}

/// A signal without an item, which drops its callback at once.
struct Silenced;

impl Signal for Silenced {
    type Item = ();
    type Guard = ();

    fn connect(&self, _: impl Fn(()) + Send + Sync + 'static) {}
}

/// Middleware that withholds an event for ever.
struct NeverEnds;

impl EmitMiddleware for NeverEnds {
    fn call(&self, _: &Emission, next: NextEmit<'_>) -> EmitOutcome {
        next.run()
    }

    fn call_async<'a>(
        &'a self,
        _: &'a Emission,
        next: NextEmitAsync<'a>,
    ) -> BoxFuture<'a, EmitOutcome> {
        Box::pin(async move {
            never_ends().await;
            next.run().await
        })
    }
}

fn assert_pending(future: impl Future) {
    assert!(poll_once(future).is_pending());
}

/// Calls `cancels` with a registry that is not current, while another one is.
fn check(way: &str, cancels: impl FnOnce(&Registry)) {
    let journal = Journal::default();
    let named = |name: &'static str| {
        let (registry, journal) = (Registry::new(), journal.clone());
        registry
            .on(move |_: &Cancelled| journal.note(name))
            .detach();
        registry
    };
    let (own, outer) = (named("its own"), named("the outer one"));
    own.on_async(|_: &Started| never_ends()).detach();
    let _scope = outer.enter();
    cancels(&own);
    assert_eq!(journal.take(), ["its own"], "{way}");
}

#[test]
fn destructors_in_a_cancelled_future_emit_to_the_registry_in_which_it_was_polled() {
    check("with_registry", |registry| {
        assert_pending(never_ends().with_registry(registry.clone()));
    });
    check("with_registry, before the first poll", |registry| {
        let emits = EmitsOnDrop;
        let future = async move {
            let _emits = emits;
        };
        drop(future.with_registry(registry.clone()));
    });
    check("a bridge", |registry| {
        let bridge = events_core::bridge(tokio_stream::once(()));
        assert_pending(bridge.with(|()| Some(Started)).on(registry).run());
    });
    check("the source of a bridge", |registry| {
        let bridge = events_core::bridge(Silent(EmitsOnDrop));
        assert_pending(bridge.with(|()| Some(Started)).on(registry).run());
    });
    check("a closure of a bridge", |registry| {
        let emits = EmitsOnDrop;
        let bridge = events_core::bridge(tokio_stream::pending::<()>());
        let bridge = bridge.with(move |()| {
            let _emits = &emits;
            Some(Started)
        });
        assert_pending(bridge.on(registry).run());
    });
    check("a closure of a bridge from a callback", |registry| {
        let emits = EmitsOnDrop;
        let bridge = signal_to_event(&Silenced).with(move |()| {
            let _emits = &emits;
            Some(Started)
        });
        drop(bridge.on(registry).connect());
    });
    check("middleware around an emit", |registry| {
        registry.wrap_emit(NeverEnds).detach();
        assert_pending(registry.emit_async(Started));
    });
    check("middleware around an event of the queue", |registry| {
        registry.wrap_emit(NeverEnds).detach();
        registry.enqueue(Started).expect("there is room");
        assert_pending(registry.queue().flush_async());
    });
    check("a worker", |registry| {
        registry.enqueue(Started).expect("there is room");
        assert_pending(registry.queue().work(1));
    });
    check("a flush", |registry| {
        registry.enqueue(Started).expect("there is room");
        assert_pending(registry.queue().flush_async());
    });
    check("a shutdown that is dropped", |registry| {
        registry.enqueue(Started).expect("there is room");
        assert_pending(registry.queue().shutdown_async(pending::<()>()));
    });
    check("a shutdown at its deadline", |registry| {
        registry.enqueue(Started).expect("there is room");
        let unfinished = registry.queue().shutdown(Duration::from_millis(1));
        assert_eq!(unfinished.events.len(), 1);
    });
    check("a shutdown that ends a worker", |registry| {
        registry.enqueue(Started).expect("there is room");
        let mut work = pin!(registry.queue().work(1));
        assert_pending(work.as_mut());
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!(unfinished.events.len(), 1);
    });
}

#[test]
fn a_panic_in_a_destructor_of_a_cancelled_future_leaves_the_registry_again() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }
    thread_local!(static IS_OUTER: Cell<bool> = const { Cell::new(false) });
    let (own, outer) = (Registry::new(), Registry::new());
    outer.on(|_: &Cancelled| IS_OUTER.set(true)).detach();
    let _scope = outer.enter();
    let panics = Panics;
    let future = async move {
        let _panics = panics;
    };
    let future = future.with_registry(own);
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(future)));
    assert!(dropped.is_err());
    Cancelled.emit();
    assert!(IS_OUTER.get());
}
