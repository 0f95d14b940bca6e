//! Options of `#[flush_queue]`: there is one.

use events_core::flush_queue;

#[flush_queue(always)]
fn unknown() {}

#[flush_queue(crate)]
fn no_value() {}

#[flush_queue(crate = "events_core")]
fn text() {}

#[flush_queue(crate = events_core, crate = events_core)]
fn twice() {}

fn main() {
    (unknown(), no_value(), text(), twice());
}
