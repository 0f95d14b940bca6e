//! An event that is not `Send` can be emitted, but not enqueued.

use std::sync::Arc;

use events_core::Event;

#[derive(Event)]
struct Drawn {
    shape: Arc<u8>,
}

fn main() {
    let drawn = Drawn::builder().shape(Arc::new(1)).emit();
    let _later = Drawn::builder().shape(drawn.shape).emit_async();
    let sent = Drawn::builder().shape(Arc::new(2)).enqueue();
    let _ = sent.is_ok();
}
