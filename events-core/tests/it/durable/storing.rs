//! What stores the events that are emitted.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use events_core::{
    Event, Registry, Subscription, UnitOfWork, delivering::EventStore, failures::BoxError,
};

#[derive(Event, Clone)]
#[event(topic = "durable.storing.placed")]
struct Placed(u32);

/// It is not cloned.
#[derive(Event)]
struct Once(u32);

#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<String>>>);

impl Outbox {
    fn note(&self, how: &str, number: u32) -> Result<(), BoxError> {
        self.0
            .lock()
            .expect("not poisoned")
            .push(format!("{how} {number}"));
        match number {
            0 => Err("no order".into()),
            99 => panic!("a panic of the store"),
            _ => Ok(()),
        }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

impl EventStore<Placed> for Outbox {
    fn store(&self, event: &Placed) -> Result<(), BoxError> {
        self.note("sync", event.0)
    }

    async fn store_async(&self, event: &Placed) -> Result<(), BoxError> {
        smol::future::yield_now().await;
        self.note("async", event.0)
    }
}

impl EventStore<Once> for Outbox {
    fn store(&self, event: &Once) -> Result<(), BoxError> {
        self.note("sync", event.0)
    }

    async fn store_async(&self, event: &Once) -> Result<(), BoxError> {
        self.note("async", event.0)
    }
}

fn stored() -> (Registry, Outbox, [Subscription; 2]) {
    let (registry, outbox) = (Registry::new(), Outbox::default());
    let placed = registry.subscribe_store::<Placed, _>(outbox.clone());
    let once = registry.subscribe_store::<Once, _>(outbox.clone());
    let subscriptions = [
        placed
            .priority(i32::MIN)
            .at_once()
            .register()
            .expect("it succeeds"),
        once.id("store").register().expect("it succeeds"),
    ];
    (registry, outbox, subscriptions)
}

#[test]
fn each_emit_calls_its_form() {
    let (registry, outbox, _stored) = stored();
    let check = |expected: &str| assert_eq!(outbox.take(), [expected]);
    registry.try_emit(Placed(1)).expect("it succeeds");
    check("sync 1");
    registry.emit(Once(2));
    check("sync 2");
    smol::block_on(registry.try_emit_async(Placed(3))).expect("it succeeds");
    check("async 3");
    smol::block_on(registry.emit_async(Once(4)));
    check("async 4");
    registry.enqueue(Placed(5)).expect("it succeeds");
    registry.queue().flush();
    check("async 5");
    let unit = UnitOfWork::begin();
    {
        let _in_unit = unit.handle().enter();
        registry.try_emit(Placed(6)).expect("it succeeds");
    }
    check("sync 6");
    unit.commit().expect("it succeeds");
    assert!(outbox.take().is_empty());
}

#[test]
fn what_it_returns_is_the_result_of_the_emit() {
    let (registry, _, _stored) = stored();
    let is_of = |error: &dyn std::error::Error, text: &str| {
        let error = error.to_string();
        assert!(error.contains(text), "{error}");
    };
    is_of(
        &registry.try_emit(Placed(0)).expect_err("it fails"),
        "no order",
    );
    let emit = |number| smol::block_on(registry.try_emit_async(Placed(number)));
    is_of(&emit(0).expect_err("it fails"), "no order");
    is_of(
        &registry.try_emit(Placed(99)).expect_err("it fails"),
        "a panic of the store",
    );
    is_of(&emit(99).expect_err("it fails"), "a panic of the store");
}

/// It stores what the others leave, and nothing if they stop.
#[test]
fn it_is_at_its_place() {
    let (registry, outbox, _stored) = stored();
    registry.on(|event: &mut Placed| event.0 += 1).detach();
    let stop = |event: &Placed| match event.0 {
        8 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    registry.on(stop).detach();
    let check = |number, expected: &[&str]| {
        registry.emit(Placed(number));
        smol::block_on(registry.emit_async(Placed(number)));
        assert_eq!(outbox.take(), expected);
    };
    check(1, &["sync 2", "async 2"]);
    check(7, &[]);
}

#[test]
fn it_ends_with_its_subscription() {
    let (registry, outbox, stored) = stored();
    drop(stored);
    registry.emit(Placed(1));
    smol::block_on(registry.emit_async(Placed(1)));
    assert!(outbox.take().is_empty());
    assert_eq!(Arc::strong_count(&outbox.0), 1, "the store is dropped");
}

#[test]
fn an_explanation_has_no_note_on_it() {
    let (registry, _, _stored) = stored();
    let text = registry.explain::<Placed>().to_string();
    assert!(text.contains("sync") && !text.contains("awaited"), "{text}");
}
