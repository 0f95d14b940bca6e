//! Types that cannot be events.

use events_core::Event;

#[derive(Event)]
union Bits {
    int: u32,
    float: f32,
}

#[derive(Event)]
struct Login<'a, 'b> {
    name: &'a str,
    host: &'b str,
}

fn main() {}
