//! Section 12: a handler ends its own subscription through its emission.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Registry, Subscription, listener, subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Tick;

#[derive(Event, Clone)]
struct Tock;

/// Emits in each way, and runs the queue.
fn emit_all(registry: &Registry) {
    registry.emit(Tick);
    let _ = registry.queue().flush();
    block_on(registry.emit_async(Tick));
    registry.enqueue(Tick).expect("room");
    let _ = registry.queue().flush();
}

/// Whatever the kind of the handler: it is called once, and unsubscribes itself.
fn check(subscribe: impl Fn(&Registry, Journal) -> Subscription) {
    for is_detached in [false, true] {
        let registry = Registry::new();
        let journal = Journal::default();
        let mut subscription = Some(subscribe(&registry, journal.clone()));
        if is_detached {
            subscription.take().expect("once").detach();
        }
        emit_all(&registry);
        emit_all(&registry);
        assert_eq!(journal.take(), ["true"]);
        drop(subscription);
        emit_all(&registry);
        assert!(journal.take().is_empty());
    }
}

fn end(journal: &Journal, emission: &Emission) {
    journal.note(emission.unsubscribe().to_string());
}

#[test]
fn each_kind_of_handler_can_end_its_subscription() {
    check(|registry, journal| {
        registry.on(move |_: &Tick, emission: &Emission| end(&journal, emission))
    });
    check(|registry, journal| {
        registry.on(move |_: &mut Tick, emission: &Emission| end(&journal, emission))
    });
    check(|registry, journal| {
        registry.on_awaited_with(
            journal,
            async |_: &mut Tick, journal: &Journal, emission: &Emission| {
                end(journal, emission);
            },
        )
    });
    check(|registry, journal| {
        registry.on_async(move |_: &Tick, emission: &Emission| {
            let (journal, emission) = (journal.clone(), emission.clone());
            async move { end(&journal, &emission) }
        })
    });
    check(|registry, journal| {
        registry.on_deferred(move |_: &Tick, emission: &Emission| end(&journal, emission))
    });
    check(|registry, journal| {
        let handler = move |_: &dyn AnyEvent, emission: &Emission| end(&journal, emission);
        registry.on_topic(".*", handler).expect("a pattern")
    });
    check(|registry, journal| {
        let handler = move |_: &EventCopy, emission: &Emission| end(&journal, emission);
        registry
            .on_topic_deferred(".*", handler)
            .expect("a pattern")
    });
    check(|registry, journal| {
        let handler = move |_: &EventCopy, emission: &Emission| {
            let (journal, emission) = (journal.clone(), emission.clone());
            async move { end(&journal, &emission) }
        };
        registry.on_topic_async(".*", handler).expect("a pattern")
    });
    check(|registry, journal| {
        let handler = move |_: &Tick, emission: &Emission| end(&journal, emission);
        registry
            .subscribe(handler)
            .id("once")
            .once()
            .register()
            .expect("valid")
    });
}

/// As when its `Subscription` is dropped: all handlers of it.
#[test]
fn a_batch_is_one_subscription() {
    let registry = Registry::new();
    let journal = Journal::default();
    let [first, second, other] = [(); 3].map(|()| journal.clone());
    let mut batch = registry.batch();
    batch.on(move |_: &Tick, emission: &Emission| end(&first, emission));
    batch.on(move |_: &Tock| second.note("second"));
    batch.register().expect("valid").detach();
    registry.on(move |_: &Tock| other.note("other")).detach();
    registry.emit(Tock);
    assert_eq!(journal.take(), ["second", "other"]);
    registry.emit(Tick);
    registry.emit(Tock);
    assert_eq!(journal.take(), ["true", "other"]);
}

struct Door(Journal);

#[listener]
impl Door {
    #[on]
    fn tick(&self, _: &Tick, emission: &Emission) {
        end(&self.0, emission);
    }

    #[on]
    async fn later(&self, _: &Tick, emission: &Emission) {
        end(&self.0, emission);
    }

    #[on]
    fn tock(&self, _: &Tock) {
        self.0.note("tock");
    }
}

#[test]
fn a_listener_that_is_added_is_one_subscription() {
    let registry = Registry::new();
    let journal = Journal::default();
    let door = Arc::new(Door(journal.clone()));
    registry.add(Arc::clone(&door)).detach();
    registry.emit(Tock);
    registry.emit(Tick);
    registry.emit(Tock);
    let _ = registry.queue().flush();
    registry.emit(Tick);
    // The async handler was closed before it ran.
    assert_eq!(journal.take(), ["tock", "true"]);
    assert_eq!(Arc::strong_count(&door), 1, "the handlers are freed");
}

#[subscriber]
fn declared(_: &Tick, emission: &Emission) {
    assert!(!emission.unsubscribe());
}

#[test]
fn a_declared_subscriber_is_not_removed() {
    let registry = Registry::with(subscribers![declared]);
    for _ in 0..2 {
        assert_eq!(
            registry.try_emit(Tick).expect("no assertion fails").ran(),
            1
        );
    }
    assert!(!Emission::of::<Tick>().unsubscribe());
}

/// The id is free again, also within the call; a clone of the emission that is kept ends nothing else.
#[test]
fn the_id_is_free_again() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (inner, seen) = (registry.downgrade(), journal.clone());
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = kept.clone();
    let handler = move |_: &Tick, emission: &Emission| {
        *keep.lock().expect("no panic") = Some(emission.clone());
        end(&seen, emission);
        end(&seen, emission); // no effect
        let (registry, seen) = (inner.upgrade().expect("it emits"), seen.clone());
        let again = registry
            .subscribe(move |_: &Tick| seen.note("again"))
            .id("ticker");
        again.register().expect("the id is free").detach();
    };
    let guard = registry
        .subscribe(handler)
        .id("ticker")
        .register()
        .expect("valid");
    registry.emit(Tick);
    assert_eq!(journal.take(), ["true", "true"]);
    drop(guard);
    let kept: Option<Emission> = kept.lock().expect("no panic").take();
    assert!(kept.expect("it ran").unsubscribe());
    registry.emit(Tick);
    assert_eq!(journal.take(), ["again"]);
}

/// What the handler owns is freed: the handle on the subscription is no cycle.
#[test]
fn the_handler_is_freed() {
    let registry = Registry::new();
    let owned = Arc::new(());
    let in_handler = owned.clone();
    registry
        .on(move |_: &Tick, emission: &Emission| {
            let _ = &in_handler;
            emission.unsubscribe();
        })
        .detach();
    assert_eq!(Arc::strong_count(&owned), 2);
    registry.emit(Tick);
    assert_eq!(Arc::strong_count(&owned), 1);
    let in_handler = owned.clone();
    drop(registry.on(move |_: &Tick, _: &Emission| _ = &in_handler));
    assert_eq!(Arc::strong_count(&owned), 1);
}
