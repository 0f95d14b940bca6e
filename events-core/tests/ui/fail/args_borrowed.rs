//! An argument of a named event borrows nothing.

use events_core::args;

fn main() {
    let name = String::from("ada");
    drop(args! { user: name.as_str() });
}
