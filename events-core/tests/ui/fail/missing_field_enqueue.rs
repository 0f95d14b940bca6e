//! A required field that is not set, found by the verbs for later.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

async fn place() -> OrderPlaced {
    OrderPlaced::builder().emit_async().await
}

fn main() {
    let told = OrderPlaced::builder().enqueue();
    let _ = (told.is_ok(), place());
}
