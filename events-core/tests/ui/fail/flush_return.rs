//! The return type of a function with `#[flush_queue]` is checked as without it.

use events_core::flush_queue;

#[flush_queue]
fn count() -> u32 {
    3;
}

#[flush_queue]
async fn count_later() -> u32 {
    "3"
}

fn main() {
    let _ = (count(), count_later());
}
