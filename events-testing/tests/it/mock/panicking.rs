//! A test that fails for another reason: that failure is printed first, the process does not abort, and the
//! mock is removed.

use std::{env, process::Command};

use events_core::Event;
use events_testing::{EventMock, current};

use crate::failure;

#[derive(Event)]
#[event(topic = "panicking.saved")]
struct Saved;

/// The environment variable that is set in the process of a test that must fail.
const FAILS: &str = "EVENTS_TESTING_FAILS";

/// Runs the test once more in a child process, where it must fail and print these parts in this order.
/// Returns `true` in the child process and `false` in the parent.
fn is_failing_process(name: &str, parts: &[&str]) -> bool {
    if env::var_os(FAILS).is_some() {
        return true;
    }
    let output = Command::new(env::current_exe().expect("the path of the test binary is known"))
        .args([
            "--exact",
            &format!("mock::panicking::{name}"),
            "--nocapture",
        ])
        .env(FAILS, "yes")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("the test binary can be run");
    // The test harness exits with 101 when a test fails; an abort would end the process with a signal.
    assert_eq!(output.status.code(), Some(101), "{name}: {}", output.status);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = text + &String::from_utf8_lossy(&output.stdout);
    let mut rest = &text[..];
    for part in parts {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no `{part}` in:\n{text}"));
        rest = after;
    }
    false
}

const ONCE: &str = "expected `panicking.saved` exactly once";
const TWICE: &str = "expected `panicking.saved` exactly twice";
const FIRST: &str = "the first panic";
const ADDITION: &str = "in addition, an expectation does not hold";

#[events_testing::test]
fn an_expectation_that_does_not_hold() {
    let parts = [
        "panicked at",
        "an expectation does not hold",
        ONCE,
        "1 failed",
    ];
    if is_failing_process("an_expectation_that_does_not_hold", &parts) {
        current().expect::<Saved>().times(1);
    }
}

#[events_testing::test]
fn an_expectation_that_does_not_hold_in_a_test_that_returns_ok() -> Result<(), String> {
    let parts = ["panicked at", ONCE, "1 failed"];
    if is_failing_process(
        "an_expectation_that_does_not_hold_in_a_test_that_returns_ok",
        &parts,
    ) {
        current().expect::<Saved>().times(1);
    }
    Ok(())
}

#[events_testing::test]
fn in_addition_to_a_panic() {
    if is_failing_process(
        "in_addition_to_a_panic",
        &["panicked at", FIRST, ADDITION, ONCE, "1 failed"],
    ) {
        current().expect::<Saved>().times(1);
        panic!("{FIRST}");
    }
}

#[events_testing::test]
async fn in_addition_to_a_panic_in_async_code() {
    let parts = ["panicked at", FIRST, ADDITION, ONCE, "1 failed"];
    if is_failing_process("in_addition_to_a_panic_in_async_code", &parts) {
        current().expect::<Saved>().times(1);
        tokio::task::yield_now().await;
        panic!("{FIRST}");
    }
}

#[test]
fn in_addition_to_a_panic_with_two_guards() {
    let parts = [
        "panicked at",
        FIRST,
        ADDITION,
        TWICE,
        ADDITION,
        ONCE,
        "1 failed",
    ];
    if is_failing_process("in_addition_to_a_panic_with_two_guards", &parts) {
        let outer = EventMock::install();
        outer.expect::<Saved>().times(1);
        let inner = EventMock::install();
        inner.expect::<Saved>().times(2);
        panic!("{FIRST}");
    }
}

#[events_testing::test]
fn in_addition_to_an_error() -> Result<(), String> {
    let parts = [ADDITION, ONCE, "Error: \"the error\"", "1 failed"];
    if is_failing_process("in_addition_to_an_error", &parts) {
        current().expect::<Saved>().times(1);
        return Err("the error".to_owned());
    }
    Ok(())
}

#[test]
fn a_mock_is_removed_after_a_panic() {
    let before = events_core::registry();
    failure(|| {
        let _events = EventMock::install();
        panic!("on purpose");
    });
    assert_eq!(events_core::registry(), before);
    failure(|| {
        let events = EventMock::install();
        events.expect::<Saved>();
    });
    assert_eq!(events_core::registry(), before);
    let missing = failure(|| drop(current()));
    assert!(
        missing.starts_with("no mock is installed here; put `#[events_testing::test]`"),
        "{missing}"
    );
}

#[test]
fn a_mock_over_a_registry_is_removed_after_a_panic() {
    let registry = events_core::Registry::new();
    failure(|| {
        let events = EventMock::over(&registry);
        events.fake_all();
        panic!("on purpose");
    });
    let _subscription = registry.on(|_: &Saved| {});
    assert_eq!(registry.try_emit(Saved).expect("no handler fails").ran(), 1);
}

#[test]
fn verify_checks_the_expectations_once() {
    let events = EventMock::install();
    events.expect::<Saved>();
    let text = failure(|| events.verify());
    assert!(text.contains("it was not emitted"), "{text}");
}
