//! Only events can be expected.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

struct Text;

fn main() {
    let events = EventMock::install();
    events.expect::<Saved>();
    let _ = (Text, Sent);
    Saved.emit();
}
