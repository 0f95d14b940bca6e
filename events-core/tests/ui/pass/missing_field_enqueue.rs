//! A required field that is not set, found by the verbs for later.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

async fn place() -> OrderPlaced {
    OrderPlaced::builder().customer(1).emit_async().await
}

fn main() {
    let told = OrderPlaced::builder().customer(1).enqueue();
    let _ = (told.is_ok(), place());
}
