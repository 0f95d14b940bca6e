//! A subscriber whose return type is no outcome.

use std::{error::Error, ops::ControlFlow};

use events_core::{Event, Registry, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u32,
}

#[subscriber]
fn count(event: &OrderPlaced) -> u32 {
    event.total
}

struct NoError;

#[subscriber]
fn fails(_: &OrderPlaced) -> Result<(), NoError> {
    Err(NoError)
}

#[subscriber]
fn boxed(_: &OrderPlaced) -> Result<(), Box<dyn Error>> {
    Ok(())
}

#[subscriber]
fn boxed_with_flow(_: &OrderPlaced) -> Result<ControlFlow<()>, Box<dyn Error + Send>> {
    Ok(ControlFlow::Break(()))
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn boxed(&self, _: &OrderPlaced) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

fn main() {
    let registry = Registry::new();
    let _ = registry.on(|_: &OrderPlaced| -> Result<(), Box<dyn Error>> { Ok(()) });
}
