//! Only events can be faked.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

struct Text;

fn main() {
    let events = EventMock::install();
    events.fake_only::<(Saved, Text)>();
    let _ = (Text, Saved, Sent);
}
