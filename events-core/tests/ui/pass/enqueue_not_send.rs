//! An event that cannot go to another thread has every verb but the queue's.

use std::sync::Arc;

use events_core::Event;

#[derive(Event)]
struct Drawn {
    shape: Arc<u8>,
}

fn main() {
    let drawn = Drawn::builder().shape(Arc::new(1)).emit();
    let _later = Drawn::builder().shape(drawn.shape).emit_async();
    let told = Drawn::builder().shape(Arc::new(2)).enqueue();
    let _ = told.is_ok();
}
