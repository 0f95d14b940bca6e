//! A closure whose `Drop` panics, wherever a registry or a bridge drops it.

use std::{sync::atomic::Ordering, time::Duration};

use events_core::{AnyEvent, Registry, bridges::Signal, listener, signal_to_event};

use super::{Bomb, Row, Work, contained, count_work, fragile, in_child};

struct Listener(Bomb);

#[listener]
impl Listener {
    #[on]
    fn work(&self, _: &Work) {
        let _ = &self.0;
    }

    #[on(topic = ".*")]
    fn any(&self, _: &dyn AnyEvent) {}

    #[on(deferred)]
    fn later(&self, _: &Work) {}
}

/// A source that calls no callback, and whose guard panics when it is dropped.
struct Silent;

impl Signal for Silent {
    type Item = Work;
    type Guard = Bomb;

    fn connect(&self, callback: impl Fn(Work) + Send + Sync + 'static) -> Bomb {
        std::mem::forget(callback);
        Bomb
    }
}

/// Each way to drop one closure.
const WAYS: &[Row] = &[
    ("a guard", |registry| drop(registry.on(fragile()))),
    ("a guard of an async handler", |registry| {
        let bomb = Bomb;
        drop(registry.on_async(move |_: &Work| {
            let _ = &bomb;
            async {}
        }));
    }),
    ("a guard of a deferred handler", |registry| {
        drop(registry.on_deferred(fragile()));
    }),
    ("a guard of a pattern subscriber", |registry| {
        let bomb = Bomb;
        let handler = move |_: &dyn AnyEvent| _ = &bomb;
        drop(registry.on_topic(".*", handler).expect("it is a pattern"));
    }),
    ("a batch that is not registered", |registry| {
        let mut batch = registry.batch();
        batch.on(fragile());
        drop(batch);
    }),
    ("a batch that is registered", |registry| {
        let mut batch = registry.batch();
        batch.on(fragile());
        drop(batch.register().expect("there is no other"));
    }),
    ("a registration that is rejected", |registry| {
        let new = || registry.subscribe(fragile()).id("one");
        new().register().expect("it is the first").detach();
        assert!(new().register().is_err());
    }),
    ("a registration with an unknown target", |registry| {
        let new = registry.subscribe(fragile()).after("no such id");
        assert!(new.register().is_err());
    }),
    ("a guard of a listener", |registry| {
        drop(registry.add(Listener(Bomb)));
    }),
    ("a hook that is replaced", |registry| {
        let bomb = Bomb;
        registry.set_unheard_hook(move |_| _ = &bomb);
        registry.clear_unheard_hook();
    }),
    ("a registry", |_| {
        let other = Registry::new();
        other.on(fragile()).detach();
        drop(other);
    }),
    ("a registry with a hook", |_| {
        let (other, bomb) = (Registry::new(), Bomb);
        other.set_unheard_hook(move |_| _ = &bomb);
        drop(other);
    }),
    ("a handler that unsubscribes itself", |registry| {
        let (other, bomb) = (registry.clone(), Bomb);
        let guard = std::sync::Arc::new(std::sync::Mutex::new(None));
        let own = std::sync::Arc::clone(&guard);
        let subscription = other.on(move |_: &Work| {
            let _ = &bomb;
            drop(own.lock().map(|mut own| own.take()));
        });
        *guard.lock().expect("it is not poisoned") = Some(subscription);
        drop(guard);
        other.emit(Work);
    }),
    ("the guard of a source of callbacks", |registry| {
        let bridge = signal_to_event(&Silent).to::<Work>().on(registry);
        assert_eq!(bridge.connect().stop().came(), 0);
        drop(signal_to_event(&Silent).to::<Work>().on(registry).connect());
    }),
    ("a bridge", |registry| {
        let bomb = Bomb;
        let convert = move |()| {
            let _ = &bomb;
            Some(Work)
        };
        let bridge = events_core::bridge(tokio_stream::pending::<()>());
        drop(bridge.with(convert).on(registry).run());
    }),
];

#[test]
fn a_closure_whose_drop_panics_does_not_affect_its_owner() {
    in_child(|| {
        for (way, run) in WAYS {
            let registry = Registry::new();
            let count = count_work(&registry);
            contained(way, || run(&registry));
            let before = count.swap(0, Ordering::Relaxed);
            assert!(before <= 1, "{way}");
            registry.emit(Work);
            registry.enqueue(Work).expect("there is room");
            assert!(registry.queue().settle(Duration::MAX), "{way}");
            assert_eq!(count.load(Ordering::Relaxed), 2, "{way}");
            contained(way, || drop(registry));
        }
    });
}
