//! Methods that need a feature of `events-core`, called without it: `check` compares the errors.

use events_core::{AnyEvent, Event, Registry, args, bridge};

#[derive(Event, Clone)]
struct Saved;

fn main() {
    let registry = Registry::new();
    registry.queue().spawn_tokio(1).detach();
    let saved = bridge(registry.stream::<Saved>()).results().to::<Saved>();
    saved.spawn_tokio().detach();
    drop(registry.emit_async(Saved).spawn_tokio());
    drop(registry.try_emit_async(Saved).spawn_tokio());
    drop(registry.emit_topic_async("saved", args! {}).spawn_tokio());
    drop(registry.try_emit_topic_async("saved", args! {}).spawn_tokio());
    let _ = |event: &dyn AnyEvent| {
        let json = event.to_json().expect("it is marked `serialize`");
        println!("{json}");
    };
}
