//! Tests of known faults: each fails today.
//!
//! The file is not part of the test binary yet. With the commit before the one that mends a fault its test
//! moves to the others, where it is red; with `mod known_faults;` in `main.rs` all of them run.

use crate::strict::{Options, check};

#[test]
fn a_stale_wake_loses_no_later_wake() {
    let options = Options {
        stale_wakes: true,
        ..Options::default()
    };
    check("scripts with stale wakes", 0, 1_000, options);
}

#[test]
fn no_call_begins_after_its_handler_was_unsubscribed() {
    let options = Options {
        unsubscribes: true,
        ..Options::default()
    };
    check("scripts that unsubscribe", 0, 1_000, options);
}
