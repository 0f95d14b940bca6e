//! Section 2: a handler whose subscription has ended is not started, and its calls in progress can be awaited.

use std::{
    cell::RefCell,
    future::pending,
    pin::{Pin, pin},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Waker},
    thread,
    time::Duration,
};

use events_core::{AnyEvent, Event, Registry, Subscription, listener};

use crate::{Gate, Journal, block_on};

#[derive(Event, Clone)]
struct Typed;

#[derive(Event, Clone)]
struct OfSeveral;

#[derive(Event, Clone)]
#[event(topic = "unsubscribing.by_topic")]
struct ByTopic;

#[derive(Event, Clone)]
struct Async;

#[derive(Event, Clone)]
struct Deferred;

thread_local! {
    static SUBSCRIPTION: RefCell<Option<Subscription>> = const { RefCell::new(None) };
}

fn unsubscribes() -> bool {
    drop(SUBSCRIPTION.take());
    true
}

struct Methods(Journal);

#[listener]
impl Methods {
    #[on(when = |_: &Typed| unsubscribes())]
    fn typed(&self, _: &Typed) {
        self.0.note("typed");
    }

    #[on(OfSeveral, ByTopic, when = |_: &dyn AnyEvent| unsubscribes())]
    fn of_several(&self, _: &dyn AnyEvent) {
        self.0.note("of several types");
    }

    #[on(topic = r"unsubscribing\.by_.*", when = |_: &dyn AnyEvent| unsubscribes())]
    fn by_topic(&self, _: &dyn AnyEvent) {
        self.0.note("by topic");
    }

    #[on(when = |_: &Async| unsubscribes())]
    async fn asynchronous(&self, _: &Async) {
        self.0.note("async");
    }

    #[on(deferred, when = |_: &Deferred| unsubscribes())]
    fn deferred(&self, _: &Deferred) {
        self.0.note("deferred");
    }
}

fn check<E: Event + Clone + Send>(event: &E) {
    type Emit<E> = fn(&Registry, E);
    let emits: [(&str, Emit<E>); 2] = [
        ("emit", |registry, event| drop(registry.emit(event))),
        ("emit_async", |registry, event| {
            drop(block_on(registry.emit_async(event)));
        }),
    ];
    for (name, emit) in emits {
        let (registry, journal) = (Registry::new(), Journal::default());
        let subscription = registry.add(Methods(journal.clone()));
        SUBSCRIPTION.set(Some(subscription));
        emit(&registry, event.clone());
        registry.queue().flush();
        assert!(SUBSCRIPTION.take().is_none(), "{}", E::topic());
        assert!(journal.take().is_empty(), "{name} of {}", E::topic());
    }
}

#[test]
fn a_condition_of_a_method_that_unsubscribes_its_listener_keeps_the_method_from_starting() {
    check(&Typed);
    check(&OfSeveral);
    check(&ByTopic);
    check(&Async);
    check(&Deferred);
}

fn is_ready(future: Pin<&mut impl Future>) -> bool {
    let context = &mut Context::from_waker(Waker::noop());
    future.poll(context).is_ready()
}

/// A call on another thread is in progress while the subscription is stopped.
fn check_sync(way: &str, on: fn(&Registry, Box<dyn Fn() + Send + Sync>) -> Subscription) {
    let (registry, barrier) = (Registry::new(), Arc::new(Barrier::new(2)));
    let has_ended = Arc::new(AtomicBool::new(false));
    let (waits, ends) = (Arc::clone(&barrier), Arc::clone(&has_ended));
    let blocks = move || {
        waits.wait();
        waits.wait();
        ends.store(true, Ordering::SeqCst);
    };
    let subscription = on(&registry, Box::new(blocks));
    let emits = registry.clone();
    let emit = thread::spawn(move || _ = emits.emit(ByTopic));
    barrier.wait();
    let mut stop = pin!(subscription.stop_async());
    assert!(!is_ready(stop.as_mut()), "{way}: the call is in progress");
    registry.emit(ByTopic); // it would block if it called the handler
    let releases = thread::spawn(move || barrier.wait());
    block_on(stop);
    assert!(has_ended.load(Ordering::SeqCst), "{way}");
    releases.join().expect("nothing panics");
    emit.join().expect("nothing panics");
}

#[test]
fn stop_waits_for_the_calls_on_other_threads() {
    struct Blocks(Box<dyn Fn() + Send + Sync>);
    #[listener]
    impl Blocks {
        #[on]
        fn blocks(&self, _: &ByTopic) {
            (self.0)();
        }

        #[on]
        fn other(&self, _: &OfSeveral) {}
    }
    check_sync("typed", |registry, blocks| {
        registry.on(move |_: &ByTopic| blocks())
    });
    check_sync("with a condition", |registry, blocks| {
        let new = registry.subscribe(move |_: &ByTopic| blocks());
        new.when(|_: &ByTopic| true)
            .register()
            .expect("it is the first")
    });
    check_sync("by topic", |registry, blocks| {
        let subscription =
            registry.on_topic(r"unsubscribing\..*", move |_: &dyn AnyEvent| blocks());
        subscription.expect("it is a pattern")
    });
    check_sync("a listener", |registry, blocks| {
        registry.add(Blocks(blocks))
    });
}

#[test]
fn stop_waits_for_async_calls_and_for_events_in_the_queue() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waits = gate.clone();
    let subscription = registry.on_async(move |_: &Async| waits.wait());
    let mut emit = Box::pin(async { _ = registry.emit_async(Async).await });
    assert!(!is_ready(emit.as_mut()));
    let mut stop = pin!(subscription.stop_async());
    assert!(!is_ready(stop.as_mut()));
    gate.open();
    assert!(is_ready(emit.as_mut()));
    assert!(is_ready(stop.as_mut()), "the call has ended");

    let subscription = registry.on_async(|_: &Async| pending::<()>());
    let mut emit = Box::pin(registry.emit_async(Async));
    assert!(!is_ready(emit.as_mut()));
    let mut stop = pin!(subscription.stop_async());
    assert!(!is_ready(stop.as_mut()));
    drop(emit);
    assert!(is_ready(stop.as_mut()), "the call is dropped");

    let journal = Journal::default();
    let notes = journal.clone();
    let subscription = registry.on_deferred(move |_: &Deferred| notes.note("called"));
    registry.emit(Deferred);
    let mut stop = pin!(subscription.stop_async());
    assert!(!is_ready(stop.as_mut()));
    registry.queue().flush();
    assert!(is_ready(stop.as_mut()), "the event has left the queue");
    assert!(journal.take().is_empty());
}

#[test]
fn stop_returns_at_once_without_a_call_in_progress_and_inside_a_handler() {
    let registry = Registry::new();
    registry.on(|_: &Typed| ()).stop();
    let subscription = registry.on(|_: &Typed| ());
    registry.emit(Typed);
    subscription.stop();

    let stops = |_: &Typed| SUBSCRIPTION.take().expect("it is called once").stop();
    SUBSCRIPTION.set(Some(registry.on(stops)));
    registry.emit(Typed);
    assert!(SUBSCRIPTION.take().is_none());

    let stops_async = |_: &Typed| async {
        let subscription = SUBSCRIPTION.take().expect("it is called once");
        subscription.stop_async().await;
    };
    SUBSCRIPTION.set(Some(registry.on_async(stops_async)));
    block_on(registry.emit_async(Typed));
    registry.enqueue(Typed).expect("there is room");
    assert!(registry.queue().settle(Duration::MAX));

    let subscription = registry.on(|_: &Typed| ());
    drop(registry);
    subscription.stop();
}

/// Dropping the future of `stop_async`, also before its first poll, unsubscribes.
#[test]
fn a_stop_that_is_dropped_has_unsubscribed() {
    for polls in [0, 1] {
        let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
        let (notes, waits) = (journal.clone(), gate.clone());
        let subscription = registry.on_async(move |_: &Async| {
            notes.note("called");
            waits.wait()
        });
        let mut emit = pin!(registry.emit_async(Async));
        assert!(!is_ready(emit.as_mut()));
        let mut stop = Box::pin(subscription.stop_async());
        for _ in 0..polls {
            assert!(!is_ready(stop.as_mut()));
        }
        drop(stop);
        let mut later = pin!(registry.emit_async(Async));
        assert!(is_ready(later.as_mut()));
        assert_eq!(journal.take(), ["called"], "{polls}");
    }
}
