//! A required field that is not set, found by `enqueue` and `emit_async`.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

async fn place() -> OrderPlaced {
    OrderPlaced::builder().customer(1).emit_async().await
}

fn main() {
    let sent = OrderPlaced::builder().customer(1).enqueue();
    let _ = (sent.is_ok(), place());
}
