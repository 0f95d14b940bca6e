//! Awaited handlers that are subscribed by hand, and that are no handlers.

use std::{cell::Cell, future::ready, rc::Rc};

use events_core::{Event, Registry};

#[derive(Event)]
struct Login(u32);

#[derive(Event)]
struct Local(Rc<u32>);

#[derive(Event)]
struct Lent<'a>(&'a mut u32);

async fn local(event: &mut Local) {
    ready(()).await;
    event.0 = Rc::new(1);
}

async fn lent(event: &mut Lent<'_>) {
    ready(()).await;
    *event.0 += 1;
}

async fn counts(event: &mut Login) -> u32 {
    ready(()).await;
    event.0
}

async fn with_cell(event: &mut Login, state: &Cell<u32>) {
    ready(()).await;
    event.0 += state.get();
}

fn main() {
    let registry = Registry::new();
    registry.on_awaited(local).detach();
    registry.on_awaited(lent).detach();
    registry.on_awaited(counts).detach();
    registry.on_awaited_with(Cell::new(1), with_cell).detach();
}
