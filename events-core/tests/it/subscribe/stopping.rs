//! Section 2: `Subscription::stop` where it cannot wait, in destructors and in the hook, and the destructors that it
//! waits for.

use std::{
    future::{pending, poll_fn},
    mem,
    pin::{Pin, pin},
    sync::{Arc, Barrier, Mutex},
    task::Poll,
    thread,
};

use events_core::{AnyEvent, Event, Registry, Subscription, args};

use crate::{ErrorWith, Journal, poll_once};

/// A subscription that is stopped by the destructor of something else.
#[derive(Clone, Default)]
struct Target(Arc<Mutex<Option<Subscription>>>);

impl Target {
    fn set(&self, subscription: Subscription) {
        let old = self.0.lock().expect("not poisoned").replace(subscription);
        assert!(old.is_none());
    }

    fn stop(&self, journal: &Journal) {
        let Some(subscription) = self.0.lock().expect("not poisoned").take() else {
            return;
        };
        let is_ready = poll_once(subscription.stop_async()).is_ready();
        journal.note(if is_ready { "returns" } else { "waits" });
    }
}

/// Stops the target when it is dropped.
struct Stops(Target, Journal);

impl Drop for Stops {
    fn drop(&mut self) {
        self.0.stop(&self.1);
    }
}

/// An error that stops the target when it is dropped.
type Fails = ErrorWith<Stops>;

/// Returns the error with its first call.
fn fails_once(stops: Stops) -> impl Fn() -> Result<(), Fails> {
    let stops = Mutex::new(Some(stops));
    move || match stops.lock().expect("not poisoned").take() {
        Some(stops) => Err(ErrorWith(stops)),
        None => Ok(()),
    }
}

/// A handler that fails when it is polled for the second time.
fn fails_later(stops: Stops) -> impl Fn(&Typed) -> BoxFuture + Send + Sync + 'static {
    let fails = Arc::new(fails_once(stops));
    move |_| {
        let (fails, mut is_first) = (Arc::clone(&fails), true);
        Box::pin(poll_fn(move |context| {
            if mem::take(&mut is_first) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(fails())
        }))
    }
}

type BoxFuture = Pin<Box<dyn Future<Output = Result<(), Fails>> + Send>>;

/// A hook that removes itself and stops the target when it is dropped.
fn set_hook_that_removes_itself(registry: &Registry, stops: Stops) {
    let inner = registry.clone();
    registry.set_unheard_hook(move |_| {
        let _ = &stops;
        inner.clear_unheard_hook();
    });
}

#[derive(Event, Clone)]
struct Typed;

/// An event whose last clone stops the target when it is dropped.
#[derive(Event, Clone)]
struct Carries {
    _stops: Arc<Stops>,
}

/// What is dropped, or called, while the caller owns the handler of the target.
type Row = (&'static str, fn(&Registry, &Target, Stops));

const ROWS: &[Row] = &[
    ("the drop of a subscription", |registry, target, stops| {
        let first = registry.on(move |_: &Typed| _ = &stops);
        target.set(registry.on(|_: &Typed| ()));
        drop(first);
    }),
    (
        "an emit that was the last user of a plan",
        |registry, target, stops| {
            let first = registry.on(move |_: &Typed| _ = &stops);
            let first = Mutex::new(Some(first));
            let drops = move |_: &Typed| drop(first.lock().expect("not poisoned").take());
            registry.on(drops).detach();
            target.set(registry.on(|_: &Typed| ()));
            registry.emit(Typed);
        },
    ),
    (
        "a topic that was the last user of a plan",
        |registry, target, stops| {
            let on = |handler: Box<dyn Fn() + Send + Sync>| {
                let subscription = registry.on_topic(".*", move |_: &dyn AnyEvent| handler());
                subscription.expect("it is a pattern")
            };
            let first = Mutex::new(Some(on(Box::new(move || _ = &stops))));
            on(Box::new(move || {
                drop(first.lock().expect("not poisoned").take());
            }))
            .detach();
            target.set(on(Box::new(|| ())));
            registry.emit_topic("a topic", args! {});
        },
    ),
    (
        "an async emit that was the last user of a plan",
        |registry, target, stops| {
            let first = registry.on_async(move |_: &Typed| {
                let _ = &stops;
                pending::<()>()
            });
            target.set(registry.on_async(|_: &Typed| pending::<()>()));
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            drop(first);
            drop(emit);
        },
    ),
    (
        "the future of a handler, in an async emit that is dropped",
        |registry, target, stops| {
            let stops = Mutex::new(Some(stops));
            target.set(registry.on_async(move |_: &Typed| {
                let stops = stops.lock().expect("not poisoned").take();
                async move {
                    let _stops = stops;
                    pending::<()>().await;
                }
            }));
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            drop(emit);
        },
    ),
    (
        "the event of an async emit that is dropped",
        |registry, target, stops| {
            target.set(registry.on_async(|_: &Carries| pending::<()>()));
            let stops = Arc::new(stops);
            let mut emit = Box::pin(registry.emit_async(Carries { _stops: stops }));
            assert!(poll_once(&mut emit).is_pending());
            drop(emit);
        },
    ),
    (
        "an async emit whose drop queues deferred handlers",
        |registry, target, stops| {
            let stops = Mutex::new(Some(stops));
            let first = registry.subscribe_async(move |_: &Typed| {
                let stops = stops.lock().expect("not poisoned").take();
                async move {
                    let _stops = stops;
                    pending::<()>().await;
                }
            });
            let first = first.id("async").register();
            let mut others = Vec::new();
            for (id, after) in [("second", None), ("third", Some(["async", "second"]))] {
                let mut new = registry.subscribe_deferred(|_: &Typed| ()).id(id);
                for id in after.into_iter().flatten() {
                    new = new.after(id);
                }
                others.push(new.register().expect("there is an order"));
            }
            target.set(first.expect("the id is free"));
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            drop(emit);
            assert_eq!(registry.queue().len(), 1);
        },
    ),
    (
        "the hook, with a topic that no subscriber received",
        |registry, target, stops| {
            let subscription = registry.subscribe_topic(".*", |_: &dyn AnyEvent| ());
            let subscription = subscription.expect("it is a pattern").when(|_| false);
            target.set(subscription.register().expect("there is no id"));
            registry.set_unheard_hook(move |_| stops.0.stop(&stops.1));
            registry.emit_topic("a topic", args! {});
        },
    ),
    (
        "the hook, with an event whose call was skipped",
        |registry, target, stops| {
            let limited = registry.subscribe_async(|_: &Typed| pending::<()>());
            let limited = limited.concurrency(1).register().expect("there is no id");
            let filtered = registry.subscribe_async(|_: &Typed| async {});
            let filtered = filtered.when(|_| false).register();
            target.set(filtered.expect("there is no id"));
            registry.set_unheard_hook(move |_| stops.0.stop(&stops.1));
            let mut holds = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut holds).is_pending());
            let mut waits = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut waits).is_pending());
            drop((limited, holds));
            assert!(poll_once(&mut waits).is_ready());
        },
    ),
    (
        "a hook that removes itself, with a topic that no subscriber received",
        |registry, target, stops| {
            let subscription = registry.subscribe_topic(".*", |_: &dyn AnyEvent| ());
            let subscription = subscription.expect("it is a pattern").when(|_| false);
            target.set(subscription.register().expect("there is no id"));
            set_hook_that_removes_itself(registry, stops);
            registry.emit_topic("a topic", args! {});
        },
    ),
    (
        "a hook that removes itself, with an event whose call was skipped",
        |registry, target, stops| {
            let limited = registry.subscribe_async(|_: &Typed| pending::<()>());
            let limited = limited.concurrency(1).register().expect("there is no id");
            let filtered = registry.subscribe_async(|_: &Typed| async {});
            let filtered = filtered.when(|_| false).register();
            target.set(filtered.expect("there is no id"));
            let mut holds = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut holds).is_pending());
            let mut waits = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut waits).is_pending());
            drop((limited, holds));
            set_hook_that_removes_itself(registry, stops);
            assert!(poll_once(&mut waits).is_ready());
        },
    ),
    (
        "the error of a sync handler, while an async one is pending",
        |registry, target, stops| {
            let fails = fails_once(stops);
            registry.on(move |_: &Typed| fails()).detach();
            target.set(registry.on_async(|_: &Typed| pending::<()>()));
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
        },
    ),
    (
        "the error of an async handler, in an async emit that is dropped",
        |registry, target, stops| {
            let fails = Arc::new(fails_once(stops));
            let handler = move |_: &Typed| {
                let fails = Arc::clone(&fails);
                async move { fails() }
            };
            registry.on_async(handler).detach();
            target.set(registry.on_async(|_: &Typed| pending::<()>()));
            let mut emit = Box::pin(registry.try_emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            drop(emit);
        },
    ),
    (
        "the error of an async handler, in an async emit that is ready",
        |registry, target, stops| {
            registry.on_async(fails_later(stops)).detach();
            target.set(registry.on_async(|_: &Typed| async {}));
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            assert!(poll_once(&mut emit).is_ready());
        },
    ),
    (
        "the error of an async handler, in an event from the queue",
        |registry, target, stops| {
            registry.on_async(fails_later(stops)).detach();
            target.set(registry.on_async(|_: &Typed| async {}));
            registry.enqueue(Typed).expect("there is room");
            registry.queue().flush();
        },
    ),
    (
        "the error of a deferred handler, which the drop of an async emit runs",
        |registry, target, stops| {
            registry.queue().set_capacity(1);
            registry.enqueue(Typed).expect("there is room");
            let slow = registry.subscribe_async(|_: &Typed| pending::<()>());
            target.set(slow.id("slow").register().expect("the id is free"));
            let fails = fails_once(stops);
            let fails = registry.subscribe_deferred(move |_: &Typed| fails());
            let last = registry.subscribe_deferred(|_: &Typed| ());
            let fails = fails.id("fails").register();
            let last = last.after("slow").after("fails").register();
            for subscription in [fails, last] {
                subscription.expect("there is an order").detach();
            }
            let mut emit = Box::pin(registry.emit_async(Typed));
            assert!(poll_once(&mut emit).is_pending());
            drop(emit);
        },
    ),
];

/// Else the thread would wait for itself.
#[test]
fn stop_returns_where_the_thread_itself_owns_the_handler() {
    for (row, run) in ROWS {
        let (registry, target, journal) = (Registry::new(), Target::default(), Journal::default());
        let stops = Stops(target.clone(), journal.clone());
        run(&registry, &target, stops);
        assert_eq!(journal.take(), ["returns"], "{row}");
    }
}

/// Nothing can call a handler of it any more.
#[test]
fn stop_returns_when_the_registry_is_dropped() {
    type On = fn(&Registry, Stops) -> [Subscription; 2];
    let ways: [(&str, On); 3] = [
        ("sync", |registry, stops| {
            let first = registry.on(move |_: &Typed| _ = &stops);
            [first, registry.on(|_: &Typed| ())]
        }),
        ("deferred", |registry, stops| {
            let first = registry.on_deferred(move |_: &Typed| _ = &stops);
            let second = registry.on_deferred(|_: &Typed| ());
            registry.emit(Typed);
            [first, second]
        }),
        ("the hook", |registry, stops| {
            registry.set_unheard_hook(move |_| _ = &stops);
            [registry.on(|_: &Typed| ()), registry.on(|_: &Typed| ())]
        }),
    ];
    for (way, on) in ways {
        let (registry, target, journal) = (Registry::new(), Target::default(), Journal::default());
        let stops = Stops(target.clone(), journal.clone());
        let [first, second] = on(&registry, stops);
        first.detach();
        target.set(second);
        drop(registry);
        assert_eq!(journal.take(), ["returns"], "{way}");
    }
}

/// The destructor of a closure, which another thread runs.
struct Blocks(Arc<Barrier>);

impl Drop for Blocks {
    fn drop(&mut self) {
        self.0.wait();
        self.0.wait();
    }
}

#[test]
fn stop_waits_for_the_destructor_of_a_closure_that_another_thread_drops() {
    // `once` has removed the handler before its subscription is stopped.
    let (registry, barrier) = (Registry::new(), Arc::new(Barrier::new(2)));
    let blocks = Blocks(Arc::clone(&barrier));
    let new = registry.subscribe(move |_: &Typed| _ = &blocks).once();
    let subscription = new.register().expect("there is no id");
    let emits = registry.clone();
    let emit = thread::spawn(move || _ = emits.emit(Typed));
    barrier.wait();
    let mut stop = pin!(subscription.stop_async());
    let is_pending = poll_once(stop.as_mut()).is_pending();
    barrier.wait();
    emit.join().expect("nothing panics");
    assert!(is_pending, "once");
    assert!(poll_once(stop).is_ready(), "once");
}

/// The second handler is dropped while the stop waits for the first.
#[test]
fn stop_waits_for_each_handler_of_a_batch_from_the_beginning() {
    #[derive(Event, Clone)]
    struct Other;

    let (registry, first, second) = (
        Registry::new(),
        Arc::new(Barrier::new(2)),
        Arc::new(Barrier::new(2)),
    );
    let (waits, blocks) = (Arc::clone(&first), Blocks(Arc::clone(&second)));
    let mut batch = registry.batch();
    batch.on(move |_: &Typed| {
        waits.wait();
        waits.wait();
    });
    let called = Arc::clone(&second);
    batch.on(move |_: &Other| {
        let _ = &blocks;
        called.wait();
        called.wait();
    });
    let subscription = batch.register().expect("there is no id");
    let emits = [registry.clone(), registry.clone()];
    let [emits_typed, emits_other] = emits;
    let typed = thread::spawn(move || _ = emits_typed.emit(Typed));
    let other = thread::spawn(move || _ = emits_other.emit(Other));
    first.wait();
    second.wait(); // both calls are in progress
    let mut stop = pin!(subscription.stop_async());
    assert!(poll_once(stop.as_mut()).is_pending());
    second.wait(); // the second call ends
    second.wait(); // the second closure is being dropped
    first.wait();
    typed.join().expect("nothing panics");
    let is_pending = poll_once(stop.as_mut()).is_pending();
    second.wait();
    other.join().expect("nothing panics");
    assert!(is_pending, "the closure was not dropped yet");
    assert!(poll_once(stop).is_ready());
}
