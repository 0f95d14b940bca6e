//! The fix: an owned value.

use events_core::args;

fn main() {
    let name = String::from("ada");
    drop(args! { user: name.as_str().to_owned() });
    drop(args! { user: "ada" });
}
