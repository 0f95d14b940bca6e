//! Handlers that never return, such as a closure that ends in `todo!()`.

#![allow(
    clippy::todo,
    reason = "handlers that are not written yet are what this is about"
)]

use events_core::{AnyEvent, Emission, Event, Registry, listener, subscriber, subscribers};

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

/// Checks that each handler is registered and that its panic is a failure.
fn check(handlers: &[(&str, &dyn Fn(&Registry))]) {
    for (name, subscribe) in handlers {
        let registry = Registry::new();
        subscribe(&registry);
        let emitted = block_on(registry.try_emit_async(Tick));
        let deferred = registry.queue().flush();
        let failed = emitted.err().map_or(0, |error| error.failures().len());
        assert_eq!(failed + deferred.failures(), 1, "{name}");
    }
}

#[test]
fn a_handler_that_never_returns_is_registered_at_run_time() {
    check(&[
        ("on", &|it| it.on(|_: &Tick| todo!()).detach()),
        ("on, changing", &|it| it.on(|_: &mut Tick| todo!()).detach()),
        ("on, with the emission", &|it| {
            it.on(|_: &Tick, _: &Emission| todo!()).detach()
        }),
        ("on, changing, with the emission", &|it| {
            it.on(|_: &mut Tick, _: &Emission| todo!()).detach();
        }),
        ("on, panic", &|it| it.on(|_: &Tick| panic!("no")).detach()),
        ("on, loop", &|it| {
            it.on(|_: &Tick| {
                loop {
                    unreachable!()
                }
            })
            .detach();
        }),
        ("subscribe", &|it| {
            it.subscribe(|_: &Tick| todo!())
                .register()
                .expect("no options")
                .detach();
        }),
        ("on_async", &|it| {
            it.on_async(|_: &Tick| async { todo!() }).detach()
        }),
        ("on_async, async closure", &|it| {
            it.on_async(async |_: &Tick| todo!()).detach()
        }),
        ("on_async, with the emission", &|it| {
            it.on_async(async |_: &Tick, _: &Emission| todo!()).detach();
        }),
        ("on_deferred", &|it| {
            it.on_deferred(|_: &Tick| todo!()).detach()
        }),
        ("on_deferred, with the emission", &|it| {
            it.on_deferred(|_: &Tick, _: &Emission| todo!()).detach();
        }),
        ("on_topic", &|it| {
            it.on_topic(".*", |_: &dyn AnyEvent| todo!())
                .expect("a pattern")
                .detach();
        }),
        ("on_borrowed", &|it| {
            it.on_borrowed::<Tick>(|_| todo!()).detach()
        }),
    ]);
}

#[test]
fn a_declared_handler_may_never_return() {
    let registry = Registry::with(subscribers![sync, asynchronous, deferred, by_topic]);
    let error = block_on(registry.try_emit_async(Tick)).expect_err("three handlers panic");
    assert_eq!(error.failures().len(), 3);
    assert_eq!(registry.queue().flush().failures(), 1);
}
