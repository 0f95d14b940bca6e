//! A request that an awaited subscriber holds over an await, with a body that is `Send` and not `Sync`: the request is lent
//! by `&`, so the event is not `Send`.

use std::{cell::Cell, future::ready};

use events_core::{Event, Registry, subscriber};

/// As that of axum: `Send` and not `Sync`.
struct Body(Cell<u32>);

struct Request {
    path: String,
    body: Body,
}

#[derive(Event)]
struct Received<'a> {
    request: &'a Request,
    is_allowed: bool,
}

#[subscriber]
async fn check(event: &mut Received<'_>) {
    ready(()).await;
    event.is_allowed = event.request.path != "/" && event.request.body.0.get() < 7;
}

fn main() {
    async fn by_hand(event: &mut Received<'_>) {
        ready(()).await;
        event.is_allowed = event.request.path != "/";
    }
    let registry = Registry::new();
    registry.on_awaited_borrowed::<Received<'_>, _>(by_hand).detach();
}
