//! An event that cannot go to another thread has every verb but the queue's.

use std::rc::Rc;

use events_core::Event;

#[derive(Event)]
struct Drawn {
    shape: Rc<u8>,
}

fn main() {
    let drawn = Drawn::builder().shape(Rc::new(1)).emit();
    let _later = Drawn::builder().shape(drawn.shape).emit_async();
    let told = Drawn::builder().shape(Rc::new(2)).enqueue();
    let _ = told.is_ok();
}
