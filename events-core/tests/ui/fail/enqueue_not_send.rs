//! An event that is not `Send` can be emitted, but not enqueued.

use std::rc::Rc;

use events_core::Event;

#[derive(Event)]
struct Drawn {
    shape: Rc<u8>,
}

fn main() {
    let drawn = Drawn::builder().shape(Rc::new(1)).emit();
    let _later = Drawn::builder().shape(drawn.shape).emit_async();
    let sent = Drawn::builder().shape(Rc::new(2)).enqueue();
    let _ = sent.is_ok();
}
