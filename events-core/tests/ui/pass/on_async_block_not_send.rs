//! Closures registered at run time that return a future which is not `Send`.

use std::sync::Arc;

use events_core::{Event, Registry};

#[derive(Event, Clone)]
struct Saved {
    path: String,
}

async fn send(_: &str) {}

fn without_options(registry: &Registry) {
    registry
        .on_async(|event: &Saved| {
            let path = Arc::new(event.path.clone());
            async move { send(&path).await }
        })
        .detach();
}

fn with_options(registry: &Registry) {
    let options = registry.subscribe_async(|event: &Saved| {
        let path = Arc::new(event.path.clone());
        async move { send(&path).await }
    });
    drop(options);
}

fn main() {
    without_options(&Registry::new());
    with_options(&Registry::new());
}
