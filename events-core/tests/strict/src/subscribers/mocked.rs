//! Tests with a mock.

use std::num::ParseIntError;

use events_core::Event;
use events_testing::{EventMock, current};

/// Something was counted.
#[derive(Event, Debug, Clone)]
struct Counted {
    /// The amount.
    amount: u32,
}

fn count(amount: u32) {
    Counted::builder().amount(amount).emit();
}

#[events_testing::test]
fn sync() {
    // An item after the statement that the attribute inserts.
    const MUCH: u32 = 7;
    current()
        .expect::<Counted>()
        .times(1)
        .matching(|event| event.amount == MUCH);
    count(MUCH);
}

#[events_testing::test]
fn returns() -> Result<(), ParseIntError> {
    current().expect::<Counted>();
    count("7".parse()?);
    Ok(())
}

#[events_testing::test(empty)]
async fn awaits() {
    current().expect::<Counted>();
    Counted { amount: 7 }.emit_async().await;
}

#[test]
fn without_the_attribute() {
    let events = EventMock::install();
    events.fake_only::<Counted>();
    count(7);
    events.assert_emitted::<Counted>().times(1);
}
