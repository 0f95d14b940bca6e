//! A test that fails for another reason: that is told first, nothing aborts, and nothing stays behind.

use std::{env, process::Command};

use events_core::Event;
use events_testing::{EventMock, current};

use super::failure;

#[derive(Event)]
#[event(topic = "panicking.saved")]
struct Saved;

/// Runs a test that fails; these parts stand in what it says, in this order.
fn check(name: &str, parts: &[&str]) {
    let output = Command::new(env::current_exe().expect("this is a program"))
        .args([
            "--exact",
            &format!("failing::{name}"),
            "--ignored",
            "--nocapture",
        ])
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
}

#[test]
fn what_a_failing_test_says() {
    let unmet = "expected `failing.saved` exactly once";
    check(
        "by_an_expectation",
        &[
            "panicked at",
            "an expectation does not hold",
            unmet,
            "1 failed",
        ],
    );
    check(
        "by_an_expectation_though_it_is_ok",
        &["panicked at", unmet, "1 failed"],
    );
    let first = [
        "panicked at",
        "the first panic",
        "beside that, an expectation does not hold",
    ];
    check(
        "by_a_panic_of_its_own",
        &[&first[..], &[unmet, "1 failed"]].concat(),
    );
    check(
        "by_a_panic_in_async_code",
        &[&first[..], &[unmet, "1 failed"]].concat(),
    );
    let inner = "expected `failing.saved` exactly twice";
    check(
        "by_a_panic_under_two_guards",
        &[&first[..], &[inner, unmet, "1 failed"]].concat(),
    );
    check(
        "by_an_error",
        &["beside that", unmet, "Error: \"the error\"", "1 failed"],
    );
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
