//! The guard of a mock stays on its thread; a handle can be sent to other threads.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

fn main() {
    let guard = EventMock::install();
    let events = guard;
    std::thread::spawn(move || {
        events.fake_all();
        let _ = (Saved, Sent);
    })
    .join()
    .unwrap();
}
