//! Background subscribers that return a control flow, or a type that is no outcome.

use std::{error::Error, ops::ControlFlow};

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber]
async fn check(event: &Login) -> ControlFlow<()> {
    match event.name.is_empty() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

#[subscriber(deferred)]
fn count(event: &Login) -> usize {
    event.name.len()
}

/// A boxed error that is not `Send` and `Sync`.
#[subscriber]
async fn boxed(_: &Login) -> Result<(), Box<dyn Error>> {
    Ok(())
}

fn main() {}
