//! Background subscribers of events that cannot be cloned into the queue.

use std::rc::Rc;

use events_core::{Event, subscriber};

#[derive(Event)]
struct Login {
    name: String,
}

#[derive(Event, Clone)]
struct Drawn {
    shape: Rc<u8>,
}

#[subscriber]
async fn welcome(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred)]
fn draw(event: &Drawn) {
    let _ = &event.shape;
}

#[subscriber]
async fn draw_beside(event: &Drawn) {
    let _ = &event.shape;
}

fn main() {}
