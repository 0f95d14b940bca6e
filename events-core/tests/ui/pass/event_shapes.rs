//! Types that cannot be events.

use events_core::Event;

#[derive(Event)]
struct Bits {
    int: u32,
    float: f32,
}

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
    host: &'a str,
}

fn main() {}
