//! Awaited handlers that are subscribed by hand, and that are no handlers.

use std::{future::ready, sync::Arc, sync::atomic::AtomicU32, sync::atomic::Ordering::Relaxed};

use events_core::{Event, Registry};

#[derive(Event)]
struct Login(u32);

#[derive(Event)]
struct Local(Arc<u32>);

#[derive(Event)]
struct Lent<'a>(&'a mut u32);

async fn local(event: &mut Local) {
    ready(()).await;
    event.0 = Arc::new(1);
}

async fn lent(event: &mut Lent<'_>) {
    ready(()).await;
    *event.0 += 1;
}

async fn counts(event: &mut Login) {
    ready(()).await;
    event.0 += 1;
}

async fn with_cell(event: &mut Login, state: &AtomicU32) {
    ready(()).await;
    event.0 += state.load(Relaxed);
}

fn main() {
    let registry = Registry::new();
    registry.on_awaited(local).detach();
    registry.on_awaited_borrowed::<Lent<'_>, _>(lent).detach();
    registry.on_awaited(counts).detach();
    registry.on_awaited_with(AtomicU32::new(1), with_cell).detach();
}
