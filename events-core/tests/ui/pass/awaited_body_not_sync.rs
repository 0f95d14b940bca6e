//! Awaited subscribers of an event that lends a request whose body is not `Sync`.

use std::{cell::Cell, future::ready};

use events_core::{Event, listener, subscriber};

/// As that of a web framework: it is `Send`, and not `Sync`.
struct Request {
    body: Cell<u32>,
}

#[derive(Event)]
struct Received<'a> {
    request: &'a mut Request,
}

#[subscriber]
async fn check(event: &mut Received<'_>) {
    ready(()).await;
    event.request.body.set(1);
}

#[derive(Default)]
struct Reader;

#[listener]
impl Reader {
    #[on]
    async fn check(&self, event: &mut Received<'_>) {
        ready(()).await;
        event.request.body.set(1);
    }
}

fn main() {}
