//! The integration tests of `events-testing`, a file for each subject.

mod assertions;
mod attribute;
mod disconnects;
mod expectations;
mod late_options;
mod mock;
mod peers;
mod subscriber_failures;
mod texts;
mod time;
mod unit;
mod vacuous;

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_testing::{EventMock, Events};

/// The text of the panic of `body`; panics when `body` does not.
fn failure(body: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(body)).expect_err("the body panics");
    panic_text(&*payload)
}

/// The text of a panic. Its locations start with the folder that the tests have in the repository, also when they are
/// built in another one, from the package of the crate.
fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.expect("the payload of the panic is a text");
    let folder = file!().strip_suffix("main.rs").expect("this is main.rs");
    text.replace(folder, "events-testing/tests/it/")
}

/// The text with which a mock fails at the end of a test with this body, or `None` when all expectations
/// hold.
fn failed_expectations(body: impl FnOnce(&Events)) -> Option<String> {
    let mock = EventMock::install();
    body(&mock);
    let payload = catch_unwind(AssertUnwindSafe(|| mock.verify())).err()?;
    Some(panic_text(&*payload))
}

/// Checks that a test with this body passes, or fails with a text that contains `fails_with`.
#[track_caller]
fn check(fails_with: Option<&str>, body: impl FnOnce(&Events)) {
    match (fails_with, failed_expectations(body)) {
        (None, None) => {}
        (None, Some(text)) => panic!("the test should pass, but fails:\n{text}"),
        (Some(part), None) => panic!("the test should fail with `{part}`, but passes"),
        (Some(part), Some(text)) => assert!(text.contains(part), "`{part}` is not in:\n{text}"),
    }
}
