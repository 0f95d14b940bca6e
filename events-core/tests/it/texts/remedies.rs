//! Texts that name the remedy of a mistake.

use std::time::Duration;

use events_core::{Event, Registry, failures::Cause, subscriber, subscribers};

use crate::block_on;

#[derive(Event, Clone)]
struct Saved;

/// It uses a timer of tokio.
#[subscriber]
async fn wait_a_moment(_: &Saved) {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// It starts a task of tokio.
#[subscriber]
async fn start_a_task(_: &Saved) {
    drop(tokio::spawn(async {}));
}

#[test]
fn a_subscriber_that_misses_the_runtime_of_tokio_is_named_with_the_remedy() {
    let registry = Registry::with(subscribers![wait_a_moment, start_a_task]);
    let error = block_on(registry.try_emit_async(Saved)).expect_err("there is no runtime");
    let texts = error.failures().iter().map(ToString::to_string);
    for (name, text) in ["wait_a_moment", "start_a_task"].into_iter().zip(texts) {
        let subscriber = format!("it::texts::remedies::{name} (");
        assert!(text.starts_with(&subscriber), "{text}");
        assert!(text.contains("there is no reactor running"), "{text}");
        let remedy = "; tokio must poll the subscriber: start a worker with queue().spawn_tokio(..), or await \
                      emit_async or flush_async in a task of tokio";
        assert!(text.ends_with(remedy), "{text}");
    }
}

#[test]
fn the_message_of_another_panic_has_no_remedy() {
    let registry = Registry::new();
    registry
        .on(|_: &Saved| panic!("there is no coffee"))
        .detach();
    let error = registry.try_emit(Saved).expect_err("it panics");
    let Cause::Panic(panic) = error.failures()[0].cause() else {
        panic!("{error}")
    };
    assert!(
        panic.to_string().ends_with(": there is no coffee"),
        "{panic}"
    );
}

#[test]
fn the_summary_of_a_scan_names_all_ways_to_run_what_runs_later() {
    let report = Registry::new()
        .scanner()
        .subscribers(subscribers![start_a_task])
        .run();
    assert_eq!(
        report.summary(),
        "1 subscriber of 1 event: 1 from it; 1 runs later: start a worker with \
         registry().queue().spawn_tokio(..), or spawn_thread() if no handler uses a runtime, or call \
         registry().queue().flush(), in async code flush_async().await"
    );
}
