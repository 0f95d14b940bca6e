//! Handlers that never return, such as a closure whose last expression panics.

#![allow(
    clippy::todo,
    reason = "handlers that are not written yet are what this is about"
)]

use events_core::{
    AnyEvent, Emission, Event, Registry, Subscription, listener, subscriber, subscribers,
};

use crate::block_on;

#[derive(Event, Debug, Clone)]
struct Tick;

#[subscriber]
fn sync(_: &Tick) -> ! {
    todo!()
}

#[subscriber]
async fn asynchronous(_: &Tick) -> ! {
    todo!()
}

#[subscriber(deferred)]
fn deferred(_: &Tick) -> ! {
    todo!()
}

#[subscriber(topic = ".*::never::Tick")]
fn by_topic(_: &dyn AnyEvent) -> ! {
    todo!()
}

#[derive(Default)]
struct Never;

#[listener]
impl Never {
    #[on]
    fn sync(&self, _: &Tick) -> ! {
        todo!()
    }

    #[on]
    async fn asynchronous(&self, _: &Tick) -> ! {
        todo!()
    }
}

/// The name of a row, and the call that registers its handler.
type Row<'a> = (&'a str, &'a dyn Fn(&Registry) -> Subscription);

/// Checks that each handler is registered and that its panic is a failure.
fn check(rows: &[Row<'_>]) {
    for (name, subscribe) in rows {
        let registry = Registry::new();
        let _subscription = subscribe(&registry);
        let emitted = block_on(registry.try_emit_async(Tick));
        let deferred = registry.queue().flush();
        let failed = emitted.err().map_or(0, |error| error.failures().len());
        assert_eq!(failed + deferred.failures(), 1, "{name}");
    }
}

#[test]
fn a_handler_that_never_returns_is_registered_at_run_time() {
    check(&[
        ("on", &|it| it.on(|_: &Tick| todo!())),
        ("on, changing", &|it| it.on(|_: &mut Tick| todo!())),
        ("on, with the emission", &|it| {
            it.on(|_: &Tick, _: &Emission| todo!())
        }),
        ("on, changing, with the emission", &|it| {
            it.on(|_: &mut Tick, _: &Emission| todo!())
        }),
        ("on, panic", &|it| it.on(|_: &Tick| panic!("no"))),
        ("subscribe", &|it| {
            it.subscribe(|_: &Tick| todo!())
                .register()
                .expect("no options")
        }),
        ("on_async", &|it| it.on_async(|_: &Tick| async { todo!() })),
        ("on_async, async closure", &|it| {
            it.on_async(async |_: &Tick| todo!())
        }),
        ("on_async, with the emission", &|it| {
            it.on_async(async |_: &Tick, _: &Emission| todo!())
        }),
        ("on_deferred", &|it| it.on_deferred(|_: &Tick| todo!())),
        ("on_deferred, with the emission", &|it| {
            it.on_deferred(|_: &Tick, _: &Emission| todo!())
        }),
        ("on_topic", &|it| {
            it.on_topic(".*", |_: &dyn AnyEvent| todo!())
                .expect("a pattern")
        }),
        ("on_borrowed", &|it| it.on_borrowed::<Tick>(|_| todo!())),
    ]);
}

#[test]
fn a_declared_handler_may_never_return() {
    let registry = Registry::with(subscribers![sync, asynchronous, deferred, by_topic]);
    let error = block_on(registry.try_emit_async(Tick)).expect_err("three handlers panic");
    assert_eq!(error.failures().len(), 3);
    assert_eq!(registry.queue().flush().failures(), 1);
}
