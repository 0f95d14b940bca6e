//! Functions with the ABI of Rust as subscribers, which call one with another ABI.

use events_core::{Event, Registry, listener, subscriber};

#[derive(Event)]
struct Saved;

#[subscriber]
extern "Rust" fn declared(_: &Saved) {}

#[derive(Default)]
struct Files;

#[listener]
impl Files {
    #[on]
    fn method(&self, _: &Saved) {}
}

extern "C" fn called(_: &Saved) {}

fn main() {
    Registry::new().on(|event: &Saved| called(event)).detach();
}
