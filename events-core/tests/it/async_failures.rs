//! Section 4: what fails in an async subscriber, or panics, and where that is told.

use std::{future::pending, pin::pin};

use events_core::Registry;

use super::async_emit::{Greeting, greeting, polled};
use crate::{Gate, Journal, block_on};

#[test]
fn one_that_fails_or_panics_disturbs_nobody_and_is_told_in_order() {
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
    assert!(polled(emit.as_mut()).is_pending());
    gate.open();
    let error = block_on(emit).expect_err("four fail");
    let told: Vec<_> = error
        .failures()
        .iter()
        .map(|failure| failure.cause().to_string())
        .collect();
    assert_eq!(told.len(), 4);
    for (told, end) in told
        .iter()
        .zip(["sync", "late", ": at once", ": before hello"])
    {
        assert!(told.ends_with(end), "{told}");
    }
    assert_eq!((error.ran(), journal.take()), (5, vec!["fine".to_owned()]));
    assert_eq!(error.into_event().text, "hello");
}

#[test]
fn a_filter_that_panics_is_a_failure_of_its_subscriber() {
    let registry = Registry::new();
    registry
        .subscribe_async(|_: &Greeting| async {})
        .when(|_: &Greeting| panic!("no condition"))
        .register()
        .expect("no other has its id")
        .detach();
    let error = block_on(registry.try_emit_async(greeting(&Journal::default())));
    assert_eq!(error.expect_err("the filter panics").failures().len(), 1);
}

/// Handlers begin one another, a stretch of them without a return: each still ends by itself.
#[test]
fn among_many_async_subscribers_each_is_told_for_itself() {
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
            .expect("no other has its id")
            .detach();
    }
    let mut emit = pin!(registry.try_emit_async(greeting(&journal)));
    assert!(polled(emit.as_mut()).is_pending());
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
fn a_future_that_panics_when_it_is_dropped_is_contained() {
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
    assert!(polled(registry.emit_async(greeting(&Journal::default()))).is_pending());
}
