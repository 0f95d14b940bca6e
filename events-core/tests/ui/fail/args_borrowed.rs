//! An argument of an event without a type borrows nothing.

use events_core::args;

fn main() {
    let name = String::from("ada");
    drop(args! { user: name.as_str() });
}
