//! An order needs at least two expectations.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

fn main() {
    let events = EventMock::install();
    let saved = events.expect::<Saved>();
    let sent = events.expect::<Sent>();
    events.in_order((&saved, ));
    let _ = sent;
    Saved.emit();
    Sent.emit();
}
