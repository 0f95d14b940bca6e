//! The twin of the failing case: the request is lent by `&mut`.

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
    request: &'a mut Request,
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
    let body = Body(Cell::new(1));
    let mut request = Request { path: "/orders".into(), body };
    drop(registry.emit_async(Received { request: &mut request, is_allowed: false }));
    let _ = check;
}
