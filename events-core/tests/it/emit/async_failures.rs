//! Section 4: errors and panics of async subscribers, and where they are reported.

use std::{future::pending, pin::pin};

use events_core::Registry;

use super::async_emit::{Greeting, greeting};
use crate::{Gate, Journal, block_on, poll_once};

#[test]
fn failures_of_async_subscribers_are_contained_and_reported_in_running_order() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let slow = gate.clone();
    registry.on(|_: &Greeting| Err::<(), _>("sync")).detach();
    registry
        .on_async(move |_: &Greeting| {
            let gate = slow.clone();
            async move {
                gate.wait().await;
                Err::<(), _>("late")
            }
        })
        .detach();
    registry
        .on_async(|event: &Greeting| {
            let is_hello = event.text == "hello";
            async move { assert!(!is_hello, "at once") }
        })
        .detach();
    registry
        .on_async(|event: &Greeting| -> std::future::Ready<()> { panic!("before {}", event.text) })
        .detach();
    registry
        .on_async(|event: &Greeting| {
            let journal = event.journal.clone();
            async move { journal.note("fine") }
        })
        .detach();
    let mut emit = pin!(registry.try_emit_async(greeting(&journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    gate.open();
    let error = block_on(emit).expect_err("four fail");
    let causes: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.cause().to_string())
        .collect();
    assert_eq!(causes.len(), 4);
    for (cause, end) in causes
        .iter()
        .zip(["sync", "late", ": at once", ": before hello"])
    {
        assert!(cause.ends_with(end), "{cause}");
    }
    assert_eq!((error.ran(), journal.take()), (5, vec!["fine".to_owned()]));
    assert_eq!(error.into_event().text, "hello");
}

#[test]
fn a_panic_in_a_filter_is_a_failure_of_its_subscriber() {
    let registry = Registry::new();
    registry
        .subscribe_async(|_: &Greeting| async {})
        .when(|_: &Greeting| panic!("no condition"))
        .register()
        .expect("no options clash")
        .detach();
    let error = block_on(registry.try_emit_async(greeting(&Journal::default())));
    assert_eq!(error.expect_err("the filter panics").failures().len(), 1);
}

/// Each handler starts the next one by a nested call, up to a limit; its result is still its own.
#[test]
fn each_of_many_async_subscribers_is_reported_separately() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    for number in 0..40 {
        let gate = gate.clone();
        registry
            .subscribe_async(move |event: &Greeting| {
                let (journal, gate) = (event.journal.clone(), gate.clone());
                async move {
                    match number % 5 {
                        0 => gate.wait().await,
                        1 => return Err("late"),
                        2 => panic!("at once"),
                        _ => {}
                    }
                    journal.note(number.to_string());
                    Ok(())
                }
            })
            .when(move |_| match number % 5 {
                3 => panic!("before it"),
                4 => number > 20,
                _ => true,
            })
            .id(number.to_string())
            .register()
            .expect("no options clash")
            .detach();
    }
    let mut emit = pin!(registry.try_emit_async(greeting(&journal)));
    assert!(poll_once(emit.as_mut()).is_pending());
    assert_eq!(journal.take(), ["24", "29", "34", "39"]);
    gate.open();
    let error = block_on(emit).expect_err("many fail");
    assert_eq!(
        journal.take(),
        ["0", "5", "10", "15", "20", "25", "30", "35"]
    );
    let failed: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.subscriber().name.to_string())
        .collect();
    let expected: Vec<_> = (0..40)
        .filter(|number| (1..=3).contains(&(number % 5)))
        .map(|number| number.to_string())
        .collect();
    assert_eq!(failed, expected);
    assert_eq!(error.ran(), 8 + 24 + 4);
}

#[test]
fn a_panic_in_the_drop_of_a_handler_future_is_contained() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let registry = Registry::new();
    registry
        .on_async(|_: &Greeting| {
            let bomb = Bomb;
            async move {
                let _bomb = bomb;
                pending::<()>().await;
            }
        })
        .detach();
    assert!(poll_once(registry.emit_async(greeting(&Journal::default()))).is_pending());
}
