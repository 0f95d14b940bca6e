//! An emit future that is not awaited emits nothing.

#![deny(unused_must_use)]

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

async fn place() {
    OrderPlaced::builder().customer(1).emit_async();
}

fn main() {
    let _ = place();
}
