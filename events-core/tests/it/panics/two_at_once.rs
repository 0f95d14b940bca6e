//! Two values whose `Drop` panics, dropped together. Where one unwinds while the other is dropped, the process
//! aborts: so each row runs in a process of its own.

use std::{
    future::{Future, pending, ready},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{
    AnyEvent, Registry,
    bridges::{Bridge, Choose, FromStream, Keep, Whose},
};
use tokio_stream::Stream;

use super::{Bomb, Fragile, Work, check_in_children, contained, fragile};
use crate::poll_once;

fn enqueue_two(registry: &Registry) {
    for _ in 0..2 {
        assert!(registry.enqueue(Fragile).is_ok(), "there is room");
    }
}

/// A stream that panics when it is dropped.
struct FragileStream(Bomb);

impl Stream for FragileStream {
    type Item = ();

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<()>> {
        Poll::Ready(Some(()))
    }
}

/// A condition or a filter that panics when it is dropped.
fn fragile_condition<T>() -> impl Fn(&T) -> bool + Send + Sync + 'static {
    let bomb = Bomb;
    move |_| {
        let _ = &bomb;
        true
    }
}

/// A bridge whose stream and closures panic when they are dropped.
fn fragile_bridge(
    registry: &Registry,
) -> Bridge<
    FromStream<FragileStream>,
    impl Whose<()>,
    impl Keep<()>,
    impl Choose<(), Event = Fragile>,
> {
    let (sender, convert) = (fragile_condition(), fragile_condition());
    events_core::bridge(FragileStream(Bomb))
        .senders(move |item| if sender(item) { "one" } else { "another" })
        .filter(fragile_condition())
        .filter(fragile_condition())
        .with(move |item| convert(&item).then_some(Fragile))
        .on(registry)
}

const ROWS: &[(&str, fn())] = &[
    ("a handler that unsubscribes two others", || {
        let registry = Registry::new();
        let guards = Mutex::new(vec![registry.on(fragile()), registry.on(fragile())]);
        let drops = move |_: &Work| drop(mem::take(&mut *guards.lock().expect("one thread")));
        let _guard = registry.on(drops);
        assert!(contained("emit", || registry.try_emit(Work)).is_ok());
    }),
    ("a handler that unsubscribes two others behind it", || {
        let registry = Registry::new();
        let guards = Mutex::new(Vec::new());
        let guards = Arc::new(guards);
        let own = Arc::clone(&guards);
        let drops = move |_: &Work| drop(mem::take(&mut *own.lock().expect("one thread")));
        registry.on(drops).detach();
        let mut batch = registry.batch();
        batch.on(fragile());
        batch.on(fragile());
        let batch = batch.register().expect("there is no id");
        guards.lock().expect("one thread").push(batch);
        assert!(contained("emit", || registry.try_emit(Work)).is_ok());
    }),
    ("a handler and its condition", || {
        let registry = Registry::new();
        let new = registry.subscribe(fragile()).when(fragile_condition());
        let subscription = new.register().expect("there is no id");
        contained("drop", || drop(subscription));
    }),
    ("an async handler and its condition", || {
        let registry = Registry::new();
        let handler = fragile();
        let new = registry.subscribe_async(move |work: &Work| {
            handler(work);
            ready(())
        });
        let subscription = new.when(fragile_condition()).register();
        contained("drop", || drop(subscription));
    }),
    ("a deferred handler, its condition and its permit", || {
        let registry = Registry::new();
        let new = registry.subscribe_deferred(fragile()).once();
        let subscription = new.when(fragile_condition()).register();
        contained("drop", || drop(subscription));
    }),
    ("a pattern subscriber and its condition", || {
        let registry = Registry::new();
        let bomb = Bomb;
        let new = registry.subscribe_topic(".*", move |_: &dyn AnyEvent| _ = &bomb);
        let holds = fragile_condition();
        let new = new.expect("it is a pattern");
        let new = new.when(move |_: &dyn AnyEvent| holds(&()));
        let subscription = new.register().expect("there is no id");
        contained("drop", || drop(subscription));
    }),
    ("a handler and its condition, not registered", || {
        let registry = Registry::new();
        let new = registry.subscribe(fragile()).when(fragile_condition());
        contained("drop", || drop(new));
    }),
    ("a handler and its condition, rejected", || {
        let registry = Registry::new();
        let id = "one";
        let first = registry.subscribe(|_: &Work| ()).id(id).register();
        let new = registry.subscribe(fragile()).when(fragile_condition());
        assert!(contained("register", || new.id(id).register()).is_err());
        drop(first);
    }),
    ("a batch that is not registered", || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        batch.on(fragile());
        batch.on(fragile());
        contained("drop", || drop(batch));
    }),
    ("a batch that is registered", || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        batch.on(fragile());
        batch.on(fragile());
        let batch = batch.register().expect("there is no id");
        contained("drop", || drop(batch));
    }),
    ("a batch that is rejected", || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        batch.add(registry.subscribe(fragile()).id("one"));
        batch.add(registry.subscribe(fragile()).id("one"));
        assert!(contained("register", || batch.register()).is_err());
    }),
    ("background handlers", || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        batch.add(registry.subscribe_deferred(fragile()));
        batch.add(registry.subscribe_deferred(fragile()));
        let batch = batch.register().expect("there is no id");
        contained("drop", || drop(batch));
    }),
    ("the last reader of a background plan", || {
        let registry = Registry::new();
        let mut batch = registry.batch();
        batch.add(registry.subscribe_deferred(fragile()));
        batch.add(registry.subscribe_deferred(fragile()));
        let batch = batch.register().expect("there is no id");
        registry.emit(Work);
        contained("drop", || drop(batch));
        contained("flush", || registry.queue().flush());
    }),
    ("two pattern subscribers", || {
        let registry = Registry::new();
        let on = || {
            let bomb = Bomb;
            registry.on_topic(".*", move |_: &dyn AnyEvent| _ = &bomb)
        };
        let guards = [on(), on()].map(|guard| guard.expect("it is a pattern"));
        registry.emit(Work);
        for guard in guards {
            contained("drop", || drop(guard));
        }
    }),
    ("the handlers of a registry", || {
        let registry = Registry::new();
        registry.on(fragile()).detach();
        registry.on_deferred(fragile()).detach();
        registry.on(fragile()).detach();
        contained("drop", || drop(registry));
    }),
    ("the states of a registry", || {
        struct Other(Bomb);
        let registry = Registry::new();
        let scanner = registry.scanner().state(Bomb).state(Other(Bomb));
        drop(contained("scan", || scanner.try_run()));
        contained("drop", || drop(registry));
    }),
    ("the events in the queue of a registry", || {
        let registry = Registry::new();
        enqueue_two(&registry);
        contained("drop", || drop(registry));
    }),
    ("a shutdown that returns two events", || {
        let registry = Registry::new();
        enqueue_two(&registry);
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!(unfinished.events.len(), 2);
        contained("drop", || drop(unfinished));
    }),
    ("the unfinished events of a worker", || {
        let registry = Registry::new();
        registry.on_async(|_: &Fragile| pending::<()>()).detach();
        enqueue_two(&registry);
        let mut work = Box::pin(registry.queue().work(2));
        assert!(poll_once(work.as_mut()).is_pending());
        contained("drop the worker", || drop(work));
        contained("drop the registry", || drop(registry));
    }),
    ("a stream with two events", || {
        let registry = Registry::new();
        let stream = registry.stream::<Fragile>();
        mem::forget(registry.emit(Fragile));
        mem::forget(registry.emit(Fragile));
        contained("drop", || drop(stream));
    }),
    ("a full stream", || {
        let registry = Registry::new();
        let stream = registry.stream::<Fragile>().capacity(1);
        for _ in 0..3 {
            let emitted = registry.try_emit(Fragile).map_err(mem::forget);
            assert!(emitted.map(mem::forget).is_ok(), "it is no failure");
        }
        contained("drop", || drop(stream));
    }),
    ("a condition that leaves out two events", || {
        let registry = Registry::new();
        let stream = registry.stream::<Fragile>();
        mem::forget(registry.emit(Fragile));
        mem::forget(registry.emit(Fragile));
        let stream = contained("when", || stream.when(|_| false));
        contained("drop", || drop(stream));
    }),
    ("a bridge", || {
        let registry = Registry::new();
        registry.on_async(|_: &Fragile| pending::<()>()).detach();
        let mut run = Box::pin(fragile_bridge(&registry).run());
        assert!(poll_once(run.as_mut()).is_pending());
        contained("drop", || drop(run));
    }),
    ("a bridge that is not run", || {
        let registry = Registry::new();
        let bridge = fragile_bridge(&registry);
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(bridge)));
        mem::forget(dropped.expect_err("the stream panics"));
    }),
    ("the wakers of tasks that waited for a worker", || {
        let registry = Registry::new();
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(work.as_mut()).is_pending());
        let waits = [(); 2].map(|()| {
            let waker = Waker::from(Arc::new(FragileWaker(Bomb)));
            let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
            let context = &mut Context::from_waker(&waker);
            assert!(shutdown.as_mut().poll(context).is_pending());
            shutdown
        });
        contained("the worker ends", || drop(work));
        contained("drop", || drop(waits));
        contained("drop", || drop(registry));
    }),
    ("two failures of an emit", || {
        let registry = Registry::new();
        registry
            .on(|_: &Work| Err::<(), _>(FragileError(Bomb)))
            .detach();
        registry
            .on(|_: &Work| Err::<(), _>(FragileError(Bomb)))
            .detach();
        let error = registry.try_emit(Work).expect_err("both fail");
        contained("drop", || drop(error));
    }),
];

/// A waker that panics when it is dropped.
struct FragileWaker(Bomb);

impl Wake for FragileWaker {
    fn wake(self: Arc<Self>) {
        let _ = &self.0;
    }
}

/// An error that panics when it is dropped or shown.
struct FragileError(Bomb);

impl std::fmt::Debug for FragileError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("an error is shown")
    }
}

impl std::fmt::Display for FragileError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("an error is shown")
    }
}

impl std::error::Error for FragileError {}

#[test]
fn each_panic_is_contained_by_itself() {
    check_in_children(
        "panics::two_at_once::each_panic_is_contained_by_itself",
        ROWS,
    );
}
