//! Only a function can be a test.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

#[events_testing::test]
struct Signup {}

fn main() {
    EventMock::install().fake_only::<(Saved, Sent)>();
}
