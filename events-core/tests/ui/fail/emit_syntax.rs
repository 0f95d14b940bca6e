//! Mistakes in the keywords of `emit!`, and in the names of crates in `scan!` and `scanner!`.

use events_core::{Event, emit, scan, scanner};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
    note: Option<u8>,
}

fn checkout() {}

fn main() {
    emit!(OrderPlaced, total : 5);
    emit!();
    emit!(OrderPlaced, total = 5; orgin = checkout);
    emit!(OrderPlaced, total = 5, 7);
    emit!(OrderPlaced total = 5);
    emit!(OrderPlaced, total = 5; origin = checkout, note = 7);
    emit!(7, total = 5);
    emit!(OrderPlaced, total);
    emit!(OrderPlaced, "total" = 5);
    let _ = OrderPlaced { total: 1, note: None }.emit().note;
    checkout();
}

fn start() {
    scan!(tracing-core);
    scan!(tracing, "tracing-core");
    scanner!(tracing = tracing-core).run();
    scan!(tracing tracing);
    scan!(crate::tracing);
    scan!(r"tracing");
}
