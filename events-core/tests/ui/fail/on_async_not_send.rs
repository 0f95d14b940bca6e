//! Async closures registered at run time whose future is not `Send`.

use std::rc::Rc;

use events_core::{Emission, Event, Registry};

#[derive(Event, Clone)]
struct Saved {
    path: String,
}

async fn send(_: &str) {}

fn with_the_event(registry: &Registry) {
    registry
        .on_async(async |event: &Saved| {
            let path = Rc::new(event.path.clone());
            send(&path).await;
        })
        .detach();
}

fn with_the_emission(registry: &Registry) {
    registry
        .on_async(async |event: &Saved, _: &Emission| {
            let path = Rc::new(event.path.clone());
            send(&path).await;
        })
        .detach();
}

fn main() {
    with_the_event(&Registry::new());
    with_the_emission(&Registry::new());
}
