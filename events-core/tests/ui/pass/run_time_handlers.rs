//! Async handlers and those with another ABI, and a bridge whose items are results. Also the methods that need a
//! feature: what the compiler says without it is in `tests/strict/without_features`.

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
    registry.on_async(async |_: &Saved| ()).detach();
    registry.on_async(upload).detach();
    registry.on_deferred(|_: &Saved| ()).detach();
    drop(registry.on_topic(".*", |_: &dyn AnyEvent| ()));
    registry.on_borrowed::<Lent<'_>>(|_| ()).detach();
    registry.on(|event: &Saved| callback(event)).detach();
    drop(registry.on_topic(".*", |event: &dyn AnyEvent| callback_of_any(event)));

    let (_, receiver) = tokio::sync::broadcast::channel::<Saved>(1);
    drop(bridge(BroadcastStream::new(receiver)).results().to::<Saved>());

    let _needs_tokio = || {
        registry.queue().spawn_tokio(1).detach();
        bridge(registry.stream::<Saved>()).results().to::<Saved>().spawn_tokio().detach();
    };
    let _needs_serde = |event: &dyn AnyEvent| event.to_json().map(|json| json.to_string());
}
