//! Section 6: the events of a record have their model as origin, whichever verb emits them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use events_core::{
    Emission, Origin, Registry,
    bounds::OwnedEvent,
    bridge, emit_mut,
    record::{Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
};
use tokio_stream::iter;

use crate::block_on;

#[derive(Clone)]
struct User;

type Verb<E> = fn(&Registry, E);

/// Each verb on a registry, which is also the current one.
fn verbs<E: OwnedEvent + Send>() -> Vec<(&'static str, Verb<E>)> {
    vec![
        ("emit", |_, event| drop(event.emit())),
        ("try_emit", |_, event| drop(event.try_emit())),
        ("emit_async", |_, event| drop(block_on(event.emit_async()))),
        ("try_emit_async", |_, event| {
            drop(block_on(event.try_emit_async()));
        }),
        ("emit_mut", |_, mut event| emit_mut(&mut event)),
        ("registry.emit", |registry, event| {
            drop(registry.emit(event));
        }),
        ("registry.emit_mut", |registry, mut event| {
            registry.emit_mut(&mut event);
        }),
        ("registry.try_emit", |registry, event| {
            drop(registry.try_emit(event));
        }),
        ("registry.emit_async", |registry, event| {
            drop(block_on(registry.emit_async(event)));
        }),
        ("registry.try_emit_async", |registry, event| {
            drop(block_on(registry.try_emit_async(event)));
        }),
        ("bridge", |registry, event| {
            let bridge = bridge(iter([Some(event)])).on(registry);
            block_on(bridge.with(|event: Option<E>| event).run());
        }),
    ]
}

/// Those that put an event into the queue, which takes none before a write.
fn later_verbs<E: OwnedEvent + Send>() -> Vec<(&'static str, Verb<E>)> {
    vec![
        ("enqueue", |_, event| drop(event.enqueue())),
        ("registry.enqueue", |registry, event| {
            drop(registry.enqueue(event));
        }),
        ("enqueue_after", |_, event| {
            drop(event.enqueue_after(Duration::ZERO));
        }),
    ]
}

/// Emits the event with each verb. A subscriber for the model as origin receives it, and with another
/// origin it does not.
fn check<E: OwnedEvent + Send>(event: fn() -> E, verbs: Vec<(&'static str, Verb<E>)>) {
    for (name, emit) in verbs {
        let registry = Registry::new();
        let received = Arc::new(Mutex::new(Vec::new()));
        let receives = Arc::clone(&received);
        registry
            .subscribe(move |_: &E, emission: &Emission| {
                let mut received = receives.lock().expect("the lock is not poisoned");
                received.push(emission.origin().cloned());
            })
            .origin(Origin::of::<User>())
            .register()
            .expect("it has no identifier")
            .detach();
        let _scope = registry.enter();
        emit(&registry, event());
        registry.queue().flush();
        registry.emit_from(event(), "an import");
        let received = received.lock().expect("the lock is not poisoned");
        let topic = E::topic();
        assert_eq!(
            *received,
            [Some(Origin::of::<User>())],
            "{topic} with {name}"
        );
    }
}

fn all_verbs<E: OwnedEvent + Send>() -> Vec<(&'static str, Verb<E>)> {
    [verbs(), later_verbs()].concat()
}

#[test]
fn the_origin_of_a_record_event_is_its_model_with_every_verb() {
    check(|| Creating::new(User), verbs());
    check(|| Created::new(User), all_verbs());
    check(|| Updating::new(User, Diff::new()), verbs());
    check(|| Updated::new(User, Diff::new()), all_verbs());
    check(|| Deleting::new(User), verbs());
    check(|| Deleted::new(User), all_verbs());
}

#[test]
fn a_veto_for_the_model_as_origin_holds_with_the_verbs_of_a_registry() {
    let registry = Registry::new();
    registry
        .subscribe(|event: &mut Creating<User>| event.veto("no"))
        .origin(Origin::of::<User>())
        .register()
        .expect("it has no identifier")
        .detach();
    assert!(registry.emit(Creating::new(User)).is_vetoed());
}
