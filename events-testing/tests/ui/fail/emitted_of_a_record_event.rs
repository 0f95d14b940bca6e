//! A mock keeps no clones of the events of records and accounts.

use events_core::{auth::UserLoggedOut, record::Created};
use events_testing::EventMock;

fn main() {
    let events = EventMock::install();
    let created = events.emitted::<Created<u32>>();
    events.assert_emitted::<UserLoggedOut<u32>>().matching(|event| event.user == 7);
    events.assert_emitted_topic(".*").matching(|_| true);
    drop(created);
}
