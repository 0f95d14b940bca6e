//! A sync emit cannot await: an awaited subscriber is a failure, and the others run.

use events_core::{Event, failures::Cause};

use super::{Trail, registry_of, summary};

#[track_caller]
fn check(line: &str, expected: &str) {
    let result = registry_of(line).try_emit(Trail::default());
    assert_eq!(summary(&result), expected, "{line}");
}

#[test]
fn a_sync_emit_runs_the_others() {
    check("a", ", 0 ran, 0 failed");
    check("s a s", "02, 2 ran, 1 failed");
    check("y E a s", "13, 2 ran, 0 1 2 failed");
    check("a B a", "1, 1 ran, 0 failed, 1 stopped");
}

#[test]
fn a_sync_emit_queues_the_background_subscribers() {
    let registry = registry_of("y c d");
    let event = Trail::default();
    let journal = event.journal.clone();
    registry.emit(event);
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["1(", "2(", "1)", "2)"]);
}

#[test]
fn the_failure_names_the_remedy() {
    let error = registry_of("a")
        .try_emit(Trail::default())
        .expect_err("it fails");
    let failure = &error.failures()[0];
    assert!(matches!(failure.cause(), Cause::NotAwaited(_)));
    let text = "was not reached: it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`";
    assert!(failure.to_string().ends_with(text), "{failure}");
    assert!(failure.error().is_some());
}

#[test]
fn an_event_that_reaches_no_awaited_subscriber_is_not_unheard() {
    let error = registry_of("a")
        .try_emit(Trail::default())
        .expect_err("it fails");
    assert_eq!(error.ran(), 0);
    let registry = registry_of("a");
    let journal = crate::Journal::default();
    let notes = journal.clone();
    registry.set_unheard_hook(move |_| notes.note("unheard"));
    registry.emit(Trail::default());
    assert!(journal.take().is_empty());
}

#[test]
fn the_kind_is_awaited() {
    let registry = registry_of("a");
    let error = registry.try_emit(Trail::default()).expect_err("it fails");
    let info = error.failures()[0].subscriber();
    assert_eq!(
        (info.kind(), info.awaited, info.runs_later()),
        ("awaited", true, false)
    );
    assert_eq!(Trail::info().topic(), &*info.topic);
}
