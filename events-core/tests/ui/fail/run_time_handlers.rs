//! Async handlers and those with another ABI, registered as sync ones; and items of a bridge that are results.

use events_core::{AnyEvent, Event, Registry, bridge};
use tokio_stream::wrappers::BroadcastStream;

#[derive(Event, Clone)]
struct Saved;

#[derive(Event)]
struct Lent<'a> {
    text: &'a str,
}

async fn upload(_: &Saved) {}

extern "C" fn callback(_: &Saved) {}

extern "C" fn callback_of_any(_: &dyn AnyEvent) {}

fn main() {
    let registry = Registry::new();
    registry.on(async |_: &Saved| ()).detach();
    registry.on(upload).detach();
    registry.on_deferred(upload).detach();
    drop(registry.on_topic(".*", async |_: &dyn AnyEvent| ()));
    registry.on_borrowed::<Lent<'_>>(async |_| ()).detach();
    registry.on(callback).detach();
    drop(registry.on_topic(".*", callback_of_any));

    let (_, receiver) = tokio::sync::broadcast::channel::<Saved>(1);
    drop(bridge(BroadcastStream::new(receiver)).to::<Saved>());
}
