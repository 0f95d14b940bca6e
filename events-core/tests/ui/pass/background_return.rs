//! Background subscribers that return a control flow, or a type that is no outcome.

use std::{error::Error, ops::ControlFlow};

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber]
fn check(event: &Login) -> ControlFlow<()> {
    match event.name.is_empty() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

#[subscriber(deferred)]
fn count(event: &Login) {
    let _ = event.name.len();
}

#[subscriber]
async fn boxed(_: &Login) -> Result<(), Box<dyn Error + Send + Sync>> {
    Ok(())
}

fn main() {}
