//! Awaited subscribers of events that borrow, nested emits, and panics in destructors.

use std::{future::pending, ops::ControlFlow, pin::pin};

use events_core::{Emission, Event, Registry, handlers::boxed};

use super::{Trail, suspend};
use crate::{Journal, block_on, poll_once};

/// An event that lends a list, which is not `Clone` or `'static`.
#[derive(Event)]
struct Checkout<'a> {
    order: &'a mut Vec<String>,
}

impl Checkout<'_> {
    fn add(&mut self, text: &str) {
        self.order.push(text.to_owned());
    }
}

async fn reserve(event: &mut Checkout<'_>) -> Result<ControlFlow<()>, String> {
    event.add("reserve");
    suspend().await;
    match event.order.len() {
        4.. => Ok(ControlFlow::Break(())),
        3 => Err("sold out".to_owned()),
        _ => Ok(ControlFlow::Continue(())),
    }
}

#[test]
fn an_event_that_borrows_is_lent_over_awaits() {
    let registry = Registry::new();
    registry
        .on_borrowed::<Checkout<'_>>(|event| event.add("sync"))
        .detach();
    registry
        .on_awaited_borrowed::<Checkout<'_>, _>(reserve)
        .detach();
    let closure = async |event: &mut Checkout<'_>| {
        suspend().await;
        event.add("closure");
    };
    registry
        .subscribe_awaited_borrowed::<Checkout<'_>, _>(closure)
        .register()
        .expect("no id")
        .detach();
    let mut order = Vec::new();
    for (failures, is_stopped, len) in [(0, false, 3), (0, true, 5)] {
        let result = block_on(registry.try_emit_async(Checkout { order: &mut order }));
        let found = match result {
            Ok(emitted) => (0, emitted.stopped_by().is_some(), emitted.order.len()),
            Err(error) => (error.failures().len(), false, error.event().order.len()),
        };
        assert_eq!(found, (failures, is_stopped, len));
    }
    order.truncate(1);
    let failed = block_on(registry.try_emit_async(Checkout { order: &mut order }));
    assert_eq!(
        failed.map(|_| ()).expect_err("it fails").failures().len(),
        1
    );
    assert_eq!(order, ["sync", "sync", "reserve", "closure"]);
}

#[test]
fn the_future_of_an_emit_is_send_if_the_event_is() {
    fn check<T: Send>(future: T) -> T {
        future
    }
    let registry = Registry::new();
    registry
        .on_awaited_borrowed::<Checkout<'_>, _>(reserve)
        .detach();
    let mut order = Vec::new();
    block_on(check(registry.emit_async(Checkout { order: &mut order })));
    block_on(check(registry.try_emit_async(Trail::default()))).expect("nothing fails");
    assert_eq!(order, ["reserve"]);
}

#[test]
fn a_closure_may_return_a_boxed_future() {
    let registry = Registry::new();
    let text = String::from("boxed");
    let closure = boxed(move |event: &mut Trail| {
        let text = text.clone();
        Box::pin(async move {
            suspend().await;
            event.add(&text);
        })
    });
    registry.on_awaited(closure).detach();
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "boxed"
    );
}

#[test]
fn a_nested_emit_without_end_meets_the_depth_limit() {
    let registry = Registry::new();
    registry.set_depth_limit(10);
    let state = registry.clone();
    let handler = async |event: &mut Trail, registry: &Registry| {
        suspend().await;
        event.add("x");
        let nested = std::mem::take(event);
        let nested: std::pin::Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(registry.try_emit_async(nested));
        match nested.await {
            Ok(emitted) => *event = emitted.into_event(),
            Err(error) => {
                assert!(error.too_deep().is_some());
                *event = error.into_event();
            }
        }
    };
    registry.on_awaited_with(state, handler).detach();
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "x".repeat(10)
    );
}

#[test]
fn the_emission_is_the_same_behind_an_await() {
    async fn note(event: &mut Trail, emission: &Emission) {
        event.add(&emission.id().to_string());
        suspend().await;
    }
    let registry = Registry::new();
    registry.on_awaited(note).detach();
    registry.on_awaited(note).detach();
    let notes = block_on(registry.emit_async(Trail::default()))
        .journal
        .take();
    assert_eq!(notes[0], notes[1]);
}

/// Panics when it is dropped.
struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

#[test]
fn a_panic_in_the_destructor_of_a_future_is_caught() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_awaited(async |_: &mut Trail| {
            let _panics = Panics;
            pending::<()>().await;
        })
        .detach();
    let event = Trail {
        journal: journal.clone(),
        ..Trail::default()
    };
    {
        let mut emit = pin!(registry.emit_async(event));
        assert!(poll_once(emit.as_mut()).is_pending());
    }
    assert_eq!(std::sync::Arc::strong_count(&journal.0), 1);
}

#[test]
fn a_panic_leaves_the_event() {
    let registry = Registry::new();
    registry
        .on_awaited(async |event: &mut Trail| {
            event.add("1");
            suspend().await;
            event.add("2");
            let _panics = Panics;
        })
        .detach();
    registry.on(|event: &mut Trail| event.add("3")).detach();
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "123"
    );
}
