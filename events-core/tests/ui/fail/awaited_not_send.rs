//! Awaited subscribers whose future or event is not `Send`, and a closure that captures.

use std::{future::ready, rc::Rc};

use events_core::{Event, Registry, subscriber};

#[derive(Event)]
struct Login(u32);

#[derive(Event)]
struct Local(Rc<u32>);

#[subscriber]
async fn future(event: &mut Login) {
    let count = Rc::new(1);
    ready(()).await;
    event.0 += *count;
}

#[subscriber]
async fn event(event: &mut Local) {
    ready(()).await;
    event.0 = Rc::new(1);
}

fn main() {
    let added = 1;
    let registry = Registry::new();
    let _closure = registry.on_awaited(async move |event: &mut Login| event.0 += added);
}
