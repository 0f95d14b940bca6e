//! Section 3: the current registry, which replaces the default one within a scope.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
    thread,
};

use events_core::{Event, Registry, registry, scopes::WithRegistry, with_registry};

use crate::poll_once;

#[derive(Event)]
struct Where(&'static str);

fn named(name: &'static str) -> Registry {
    let registry = Registry::new();
    registry
        .on(move |event: &mut Where| event.0 = name)
        .detach();
    registry
}

fn name_of_current() -> &'static str {
    Where("nowhere").emit().0
}

#[test]
fn an_entered_registry_is_current_until_its_guard_is_dropped() {
    assert_eq!(name_of_current(), "nowhere");
    let scope = named("one").enter();
    assert_eq!(name_of_current(), "one");
    assert_eq!(
        Where("nowhere").try_emit().expect("no handler fails").0,
        "one"
    );
    drop(scope);
    assert_eq!(name_of_current(), "nowhere");
}

#[test]
fn scopes_nest() {
    let _one = named("one").enter();
    let seen = with_registry(&named("two"), || {
        (
            name_of_current(),
            with_registry(&named("three"), name_of_current),
            name_of_current(),
        )
    });
    assert_eq!(seen, ("two", "three", "two"));
    assert_eq!(name_of_current(), "one");
}

#[test]
fn guards_can_be_dropped_out_of_order() {
    let one = named("one").enter();
    let two = named("two").enter();
    drop(one);
    assert_eq!(name_of_current(), "two");
    drop(two);
    assert_eq!(name_of_current(), "nowhere");
}

#[test]
fn a_scope_ends_when_its_closure_panics() {
    let panicked = std::panic::catch_unwind(|| with_registry(&named("one"), || panic!("inside")));
    assert!(panicked.is_err());
    assert_eq!(name_of_current(), "nowhere");
}

#[test]
fn a_registry_can_be_used_across_a_caught_panic() {
    let registry = named("one");
    let caught = std::panic::catch_unwind(|| {
        registry.emit(Where("nowhere"));
        panic!("after it");
    });
    assert!(caught.is_err());
    assert_eq!(registry.emit(Where("nowhere")).0, "one");
}

#[test]
fn an_emit_inside_a_handler_uses_the_registry_of_that_handler() {
    #[derive(Event)]
    struct Outer(&'static str);
    let registry = named("one");
    registry
        .on(|event: &mut Outer| event.0 = name_of_current())
        .detach();
    assert_eq!(registry.emit(Outer("")).0, "one");
    assert_eq!(name_of_current(), "nowhere");
    let _scope = registry.enter();
    assert_eq!(Outer("").emit().0, "one");
}

#[test]
fn a_scope_applies_to_its_thread_only() {
    let _one = named("one").enter();
    assert_eq!(
        thread::spawn(name_of_current)
            .join()
            .expect("no handler panics"),
        "nowhere"
    );
    let two = named("two");
    let other = thread::spawn(move || with_registry(&two, name_of_current));
    assert_eq!(other.join().expect("no handler panics"), "two");
}

#[test]
fn the_registry_function_returns_the_current_registry() {
    let one = named("one");
    assert_eq!(registry(), registry());
    assert_ne!(registry(), one);
    let _scope = one.enter();
    assert_eq!(registry(), one);
}

#[test]
fn the_registry_of_a_future_is_current_at_each_of_its_polls() {
    struct Twice(bool);
    impl Future for Twice {
        type Output = ();
        fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            self.0 = !self.0;
            if self.0 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        }
    }
    let future = async {
        let before = name_of_current();
        Twice(false).await;
        (before, name_of_current())
    };
    let mut future = pin!(future.with_registry(named("task")));
    assert_eq!(poll_once(future.as_mut()), Poll::Pending);
    assert_eq!(name_of_current(), "nowhere");
    let _other = named("other").enter();
    assert_eq!(poll_once(future.as_mut()), Poll::Ready(("task", "task")));
    assert_eq!(name_of_current(), "other");
}
