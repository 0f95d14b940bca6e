//! Tests that fail on purpose. Others run them in a process of their own, and read what they say.

use events_core::Event;
use events_testing::{EventMock, current};

#[derive(Event)]
#[event(topic = "failing.saved")]
struct Saved;

#[events_testing::test]
#[ignore = "fails on purpose"]
fn by_an_expectation() {
    current().expect::<Saved>().times(1);
}

#[events_testing::test]
#[ignore = "fails on purpose"]
fn by_a_panic_of_its_own() {
    current().expect::<Saved>().times(1);
    panic!("the first panic");
}

#[test]
#[ignore = "fails on purpose"]
fn by_a_panic_under_two_guards() {
    let outer = EventMock::install();
    outer.expect::<Saved>().times(1);
    let inner = EventMock::install();
    inner.expect::<Saved>().times(2);
    panic!("the first panic");
}

#[events_testing::test]
#[ignore = "fails on purpose"]
fn by_an_error() -> Result<(), String> {
    current().expect::<Saved>().times(1);
    Err("the error".to_owned())
}

#[events_testing::test]
#[ignore = "fails on purpose"]
fn by_an_expectation_though_it_is_ok() -> Result<(), String> {
    current().expect::<Saved>().times(1);
    Ok(())
}

#[events_testing::test]
#[ignore = "fails on purpose"]
async fn by_a_panic_in_async_code() {
    current().expect::<Saved>().times(1);
    tokio::task::yield_now().await;
    panic!("the first panic");
}
