//! Section 4: async emits inside handlers.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{Emission, Event, Registry};

use crate::{
    Gate, Journal, block_on,
    emit::async_emit::{Greeting, greeting},
    poll_once,
};

#[derive(Event, Clone)]
struct Deeper {
    left: usize,
    deepest: Arc<AtomicUsize>,
}

/// A registry in which each `Deeper` emits the next one and awaits it.
fn deeper() -> Registry {
    let registry = Registry::new();
    let inside = registry.clone();
    registry
        .on_async(move |event: &Deeper| {
            event.deepest.fetch_add(1, Ordering::Relaxed);
            let (registry, left) = (inside.clone(), event.left.checked_sub(1));
            let deepest = Arc::clone(&event.deepest);
            async move {
                let Some(left) = left else { return Ok(()) };
                let next = Deeper { left, deepest };
                let emitted = Box::pin(registry.try_emit_async(next)).await;
                emitted.map(|_| ()).map_err(|error| error.to_string())
            }
        })
        .detach();
    registry
}

#[test]
fn nested_async_emits_have_the_same_depth_limit_as_sync_ones() {
    let deepest = Arc::new(AtomicUsize::new(0));
    let event = |left| Deeper {
        left,
        deepest: Arc::clone(&deepest),
    };
    assert!(block_on(deeper().try_emit_async(event(127))).is_ok());
    assert_eq!(deepest.swap(0, Ordering::Relaxed), 128);

    let error = block_on(deeper().try_emit_async(event(128))).expect_err("it is too deep");
    assert_eq!(deepest.load(Ordering::Relaxed), 128);
    let text = error.to_string();
    let chain = format!("the chain is {} (x129)", Deeper::topic());
    assert!(text.contains(&chain), "{text}");
}

#[test]
fn the_depth_limit_applies_to_later_polls_too() {
    let registry = Registry::new();
    registry.set_depth_limit(2);
    let gate = Gate::default();
    let (inside, handler_gate) = (registry.clone(), gate.clone());
    registry
        .on_async(move |event: &Deeper| {
            let (registry, gate, event) = (inside.clone(), handler_gate.clone(), event.clone());
            async move {
                gate.wait().await;
                event.deepest.fetch_add(1, Ordering::Relaxed);
                Box::pin(registry.emit_async(event)).await;
            }
        })
        .detach();
    let deepest = Arc::new(AtomicUsize::new(0));
    let event = Deeper {
        left: 0,
        deepest: Arc::clone(&deepest),
    };
    let mut emit = pin!(registry.emit_async(event));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    block_on(emit);
    assert_eq!(deepest.load(Ordering::Relaxed), 2);
}

#[test]
fn an_async_handler_can_take_its_emission_which_is_the_parent_of_nested_emits() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    registry
        .on(|event: &Greeting, emission: &Emission| event.journal.note(emission.id().to_string()))
        .detach();
    let (inside, handler_gate) = (registry.clone(), gate.clone());
    registry
        .on_async(move |event: &Greeting, emission: &Emission| {
            event.journal.note(emission.id().to_string());
            let (registry, gate, journal) =
                (inside.clone(), handler_gate.clone(), event.journal.clone());
            async move {
                gate.wait().await;
                registry.emit(Parented(journal));
            }
        })
        .detach();
    registry
        .on(|event: &Parented, emission: &Emission| {
            event.0.note(
                emission
                    .parent()
                    .map_or("no parent".into(), |id| id.to_string()),
            );
        })
        .detach();
    let mut emit = pin!(registry.emit_async(greeting(&journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    block_on(emit);
    let ids = journal.take();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[derive(Event)]
struct Parented(Journal);
