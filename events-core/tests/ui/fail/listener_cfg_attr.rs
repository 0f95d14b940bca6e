//! `#[on]` under two conditions that both hold, and beside one without a condition.

use events_core::{Event, listener};

#[derive(Event)]
struct Saved;

#[derive(Default)]
struct Files;

#[listener]
impl Files {
    #[cfg_attr(all(), on(once))]
    #[cfg_attr(not(any()), on(priority = 1))]
    fn both(&self, _: &Saved) {}
}

#[derive(Default)]
struct Folders;

#[listener]
impl Folders {
    #[on]
    #[cfg_attr(any(), on(once))]
    fn always(&self, _: &Saved) {}
}

fn main() {}
