//! Such events are checked when they are emitted.

use events_core::{auth::UserLoggedOut, record::Created, Event};
use events_testing::EventMock;

fn main() {
    let events = EventMock::install();
    events.expect::<Created<u32>>().matching(|event| event.record == 7);
    events.expect::<UserLoggedOut<u32>>().matching(|event| event.user == 7);
    events.expect_topic(".*").matching(|_| true);
    Created::new(7_u32).emit();
    UserLoggedOut { user: 7_u32 }.emit();
}
