//! Fourth hostile round: two panics at once.
#![allow(missing_docs)]

use std::{env, process::Command};

use events_core::{AnyEvent, Event, Registry};

#[derive(Event, Clone)]
struct A;

struct Bomb;
impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a bomb");
    }
}

fn in_child(test: &str, f: fn()) {
    if env::var_os("H4").is_some() {
        return f();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env("H4", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_handler_and_its_condition() {
    in_child("a_handler_and_its_condition", || {
        let registry = Registry::new();
        let (one, two) = (Bomb, Bomb);
        let subscription = registry
            .subscribe(move |_: &A| _ = &one)
            .when(move |_: &A| { let _ = &two; true })
            .register()
            .unwrap();
        drop(subscription);
    });
}

#[test]
fn an_async_handler_and_its_condition() {
    in_child("an_async_handler_and_its_condition", || {
        let registry = Registry::new();
        let (one, two) = (Bomb, Bomb);
        let subscription = registry
            .subscribe_async(move |_: &A| { let _ = &one; async {} })
            .when(move |_: &A| { let _ = &two; true })
            .register()
            .unwrap();
        drop(subscription);
    });
}

#[test]
fn a_topic_handler_and_its_condition() {
    in_child("a_topic_handler_and_its_condition", || {
        let registry = Registry::new();
        let (one, two) = (Bomb, Bomb);
        let subscription = registry
            .subscribe_topic(".*", move |_: &dyn AnyEvent| _ = &one)
            .unwrap()
            .when(move |_: &dyn AnyEvent| { let _ = &two; true })
            .register()
            .unwrap();
        drop(subscription);
    });
}

#[test]
fn a_subscription_that_is_not_registered() {
    in_child("a_subscription_that_is_not_registered", || {
        let registry = Registry::new();
        let (one, two) = (Bomb, Bomb);
        let new = registry
            .subscribe(move |_: &A| _ = &one)
            .when(move |_: &A| { let _ = &two; true });
        _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(new)));
    });
}

#[test]
fn a_subscription_that_is_rejected() {
    in_child("a_subscription_that_is_rejected", || {
        let registry = Registry::new();
        registry.subscribe(|_: &A| ()).id("a").register().unwrap().detach();
        let (one, two) = (Bomb, Bomb);
        let new = registry
            .subscribe(move |_: &A| _ = &one)
            .id("a")
            .when(move |_: &A| { let _ = &two; true });
        _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert!(new.register().is_err())));
    });
}
