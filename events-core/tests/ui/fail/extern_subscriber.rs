//! Functions with another ABI as subscribers.

use events_core::{Event, listener, subscriber};

#[derive(Event)]
struct Saved;

#[subscriber]
extern "C" fn declared(_: &Saved) {}

#[derive(Default)]
struct Files;

#[listener]
impl Files {
    #[on]
    extern "system" fn method(&self, _: &Saved) {}
}

fn main() {}
