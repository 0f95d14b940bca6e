//! Section 12: a handle that does not keep its registry alive.

use std::sync::Arc;

use events_core::{Event, Registry, WeakRegistry, registry};

use crate::Journal;

#[derive(Event)]
struct Login(u32);

#[derive(Event)]
struct Greeting(u32);

#[test]
fn a_handler_with_a_weak_handle_is_no_cycle() {
    let registry = Registry::new();
    let (journal, captured) = (Journal::default(), Arc::new(()));
    let seen = journal.clone();
    registry
        .on(move |greeting: &Greeting| seen.note(format!("greeted {}", greeting.0)))
        .detach();
    let (weak, owned) = (registry.downgrade(), captured.clone());
    registry
        .on(move |login: &Login| {
            let _ = &owned;
            let registry = weak.upgrade().expect("the emit holds it");
            registry.emit(Greeting(login.0));
        })
        .detach();
    let _other = Registry::new().enter();
    registry.emit(Login(7));
    assert_eq!(journal.take(), ["greeted 7"]);

    let weak = registry.downgrade();
    assert_eq!(weak.upgrade(), Some(registry.clone()));
    drop(registry);
    assert!(weak.upgrade().is_none());
    assert_eq!(Arc::strong_count(&captured), 1);
}

#[test]
fn the_default_registry_always_upgrades_and_the_empty_handle_never() {
    let default = registry();
    assert_eq!(default.downgrade().upgrade(), Some(registry()));
    assert_eq!(
        format!("{:?}", default.downgrade()),
        "WeakRegistry(default)"
    );
    assert!(WeakRegistry::default().upgrade().is_none());
    let own = Registry::new();
    let text = format!("{:?}", own.downgrade());
    assert_eq!(text, format!("Weak{own:?}"));
}
