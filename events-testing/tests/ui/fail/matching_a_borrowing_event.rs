//! An event that borrows needs `matching_borrowed` in place of `matching`.

use events_core::Event;
use events_testing::EventMock;

#[derive(Event)]
struct Saved;

#[derive(Event)]
struct Sent;

#[derive(Event)]
struct Login<'a> {
    user: &'a str,
}

fn main() {
    let events = EventMock::install();
    events.expect::<Login<'_>>().matching(|event| event.user == "ada");
    let name = String::from("ada");
    Login { user: &name }.emit();
    let _ = (Saved, Sent);
}
