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

struct Buffer<const N: usize>;

/// An event with a const argument.
macro_rules! buffered {
    ($length:expr) => {
        #[derive(Event)]
        struct Buffered {
            buffer: Buffer<$length>,
        }
    };
}

buffered!('length: { break 'length 3 });

fn main() {}
