//! What `events-testing` promises, in the order in which its design says it.

mod asserted;
mod attribute;
mod expected;
mod faked;
mod isolated;
mod laravel;
mod located;
mod muting;
mod nested;
mod panicking;
mod reported;
mod seeds;
mod settled;
mod vacuous;

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use events_testing::{EventMock, Events};

/// What a test says that fails; panics when it does not.
fn failure(body: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(body)).expect_err("this fails");
    told(&*payload)
}

/// The text of a panic.
fn told(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.expect("it fails with a text").to_owned()
}

/// What the mock of that test says at its end, or nothing.
fn verdict(body: impl FnOnce(&Events)) -> Option<String> {
    let mock = EventMock::install();
    body(&mock);
    let payload = catch_unwind(AssertUnwindSafe(|| mock.verify())).err()?;
    Some(told(&*payload))
}

/// The test passes or fails, and fails with this in its text.
#[track_caller]
fn check(fails_with: Option<&str>, body: impl FnOnce(&Events)) {
    match (fails_with, verdict(body)) {
        (None, None) => {}
        (None, Some(text)) => panic!("it passes, but for:\n{text}"),
        (Some(part), None) => panic!("it fails with `{part}`, but passes"),
        (Some(part), Some(text)) => assert!(text.contains(part), "`{part}` is not in:\n{text}"),
    }
}
