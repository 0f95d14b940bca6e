//! An async subscriber whose future is not `Send`.

use std::rc::Rc;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

async fn send(_: &str) {}

#[subscriber]
async fn welcome(event: &Login) {
    let text = Rc::new(event.name.clone());
    send(&text).await;
}

fn main() {}
