//! Mistakes in the keywords of `emit!`, and in the names of crates in `scan!` and `scanner!`.

use events_core::{Event, emit, scan, scanner};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
    note: Option<u8>,
}

fn checkout() {}

fn main() {
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5; origin = checkout);
    emit!(OrderPlaced, total = 5, note = 7);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5; origin = checkout);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    let _ = OrderPlaced { total: 1, note: None }.emit().note;
    checkout();
}

#[expect(dead_code, reason = "these crates declare nothing, so a scan of them panics")]
fn start() {
    scan!(tracing);
    scan!(tracing, serde_json);
    scanner!(tracing = tracing_core).run();
    scan!(tracing, tracing);
    scan!(tracing,);
    scan!(tracing);
}
