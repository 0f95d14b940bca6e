//! The attribute rejects unknown options.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

#[events_testing::test(scanned)]
fn signup() {}

fn main() {
    EventMock::install().fake_only::<(Saved, Sent)>();
}
