//! Functions with the ABI of Rust as subscribers.

use events_core::{Event, listener, subscriber};

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

fn main() {}
