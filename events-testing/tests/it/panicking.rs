//! A test that fails for another reason: that is told first, nothing aborts, and nothing stays behind.

use std::{env, process::Command};

use events_core::Event;
use events_testing::{EventMock, current};

use super::failure;

#[derive(Event)]
#[event(topic = "panicking.saved")]
struct Saved;

/// Set in the process of a test that fails.
const FAILS: &str = "EVENTS_TESTING_FAILS";

/// Runs this test once more, in a process of its own, where it is to fail: these parts stand in what it says,
/// in this order. Whether this is that process.
fn fails(name: &str, parts: &[&str]) -> bool {
    if env::var_os(FAILS).is_some() {
        return true;
    }
    let output = Command::new(env::current_exe().expect("this is a program"))
        .args(["--exact", &format!("panicking::{name}"), "--nocapture"])
        .env(FAILS, "yes")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it can be run again");
    // 101 is how the test harness ends when a test fails; an abort would be a signal.
    assert_eq!(output.status.code(), Some(101), "{name}: {}", output.status);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = text + &String::from_utf8_lossy(&output.stdout);
    let mut rest = &text[..];
    for part in parts {
        let (_, behind) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no `{part}` in:\n{text}"));
        rest = behind;
    }
    false
}

const ONCE: &str = "expected `panicking.saved` exactly once";
const TWICE: &str = "expected `panicking.saved` exactly twice";
const FIRST: &str = "the first panic";
const BESIDE: &str = "beside that, an expectation does not hold";

#[events_testing::test]
fn an_expectation_that_does_not_hold() {
    let says = [
        "panicked at",
        "an expectation does not hold",
        ONCE,
        "1 failed",
    ];
    if fails("an_expectation_that_does_not_hold", &says) {
        current().expect::<Saved>().times(1);
    }
}

#[events_testing::test]
fn one_that_does_not_hold_though_the_test_is_ok() -> Result<(), String> {
    let says = ["panicked at", ONCE, "1 failed"];
    if fails("one_that_does_not_hold_though_the_test_is_ok", &says) {
        current().expect::<Saved>().times(1);
    }
    Ok(())
}

#[events_testing::test]
fn beside_a_panic() {
    if fails(
        "beside_a_panic",
        &["panicked at", FIRST, BESIDE, ONCE, "1 failed"],
    ) {
        current().expect::<Saved>().times(1);
        panic!("{FIRST}");
    }
}

#[events_testing::test]
async fn beside_a_panic_in_async_code() {
    let says = ["panicked at", FIRST, BESIDE, ONCE, "1 failed"];
    if fails("beside_a_panic_in_async_code", &says) {
        current().expect::<Saved>().times(1);
        tokio::task::yield_now().await;
        panic!("{FIRST}");
    }
}

#[test]
fn beside_a_panic_under_two_guards() {
    let says = [
        "panicked at",
        FIRST,
        BESIDE,
        TWICE,
        BESIDE,
        ONCE,
        "1 failed",
    ];
    if fails("beside_a_panic_under_two_guards", &says) {
        let outer = EventMock::install();
        outer.expect::<Saved>().times(1);
        let inner = EventMock::install();
        inner.expect::<Saved>().times(2);
        panic!("{FIRST}");
    }
}

#[events_testing::test]
fn beside_an_error() -> Result<(), String> {
    let says = [BESIDE, ONCE, "Error: \"the error\"", "1 failed"];
    if fails("beside_an_error", &says) {
        current().expect::<Saved>().times(1);
        return Err("the error".to_owned());
    }
    Ok(())
}

#[test]
fn nothing_stays_installed_after_a_panic() {
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
fn nothing_stays_installed_on_a_registry_after_a_panic() {
    let registry = events_core::Registry::new();
    failure(|| {
        let events = EventMock::over(&registry);
        events.fake_all();
        panic!("on purpose");
    });
    let _listens = registry.on(|_: &Saved| {});
    assert_eq!(registry.try_emit(Saved).expect("nobody fails").ran(), 1);
}

#[test]
fn verify_ends_the_mock_once() {
    let events = EventMock::install();
    events.expect::<Saved>();
    let text = failure(|| events.verify());
    assert!(text.contains("it was not emitted"), "{text}");
}
