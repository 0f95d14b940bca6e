//! Handlers of the type `!`, which never return, such as a closure whose last expression is a panic.

use events_core::{
    AnyEvent, Emission, Event, Registry, Subscription, listener, subscriber, subscribers,
};

use crate::block_on;

#[derive(Event, Debug, Clone)]
struct Tick;

#[subscriber]
fn sync(_: &Tick) -> ! {
    panic!("it never returns")
}

#[subscriber]
async fn asynchronous(_: &Tick) -> ! {
    panic!("it never returns")
}

#[subscriber(deferred)]
fn deferred(_: &Tick) -> ! {
    panic!("it never returns")
}

#[subscriber(topic = ".*::never::Tick")]
fn by_topic(_: &dyn AnyEvent) -> ! {
    panic!("it never returns")
}

#[derive(Default)]
struct Never;

#[listener]
impl Never {
    #[on]
    fn sync(&self, _: &Tick) -> ! {
        panic!("it never returns")
    }

    #[on]
    async fn asynchronous(&self, _: &Tick) -> ! {
        panic!("it never returns")
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
        ("on", &|it| it.on(|_: &Tick| panic!("it never returns"))),
        ("on, changing", &|it| {
            it.on(|_: &mut Tick| panic!("it never returns"))
        }),
        ("on, with the emission", &|it| {
            it.on(|_: &Tick, _: &Emission| panic!("it never returns"))
        }),
        ("on, changing, with the emission", &|it| {
            it.on(|_: &mut Tick, _: &Emission| panic!("it never returns"))
        }),
        ("subscribe", &|it| {
            it.subscribe(|_: &Tick| panic!("it never returns"))
                .register()
                .expect("no options")
        }),
        ("on_async", &|it| {
            it.on_async(|_: &Tick| async { panic!("it never returns") })
        }),
        ("on_async, async closure", &|it| {
            it.on_async(async |_: &Tick| panic!("it never returns"))
        }),
        ("on_async, with the emission", &|it| {
            it.on_async(async |_: &Tick, _: &Emission| panic!("it never returns"))
        }),
        ("on_deferred", &|it| {
            it.on_deferred(|_: &Tick| panic!("it never returns"))
        }),
        ("on_deferred, with the emission", &|it| {
            it.on_deferred(|_: &Tick, _: &Emission| panic!("it never returns"))
        }),
        ("on_topic", &|it| {
            it.on_topic(".*", |_: &dyn AnyEvent| panic!("it never returns"))
                .expect("a pattern")
        }),
        ("on_borrowed", &|it| {
            it.on_borrowed::<Tick>(|_| panic!("it never returns"))
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
