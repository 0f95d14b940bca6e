//! The fixes of `fail/event_copies.rs`.

use std::sync::{Arc, atomic::AtomicU32};

use events_core::{AnyEvent, Event, EventCopy, Registry, subscriber};

#[derive(Event, Clone)]
struct NotClone;

#[derive(Event, Clone)]
struct NotSend(Arc<str>);

#[derive(Event, Clone)]
struct Borrowed(String);

#[subscriber(NotClone, NotSend, Borrowed, deferred)]
fn of_three(_: &EventCopy) {}

#[subscriber(topic = "users::.*", deferred)]
fn of_what(_: &EventCopy) {}

#[derive(Event, Clone)]
#[event(clone)]
struct NoClone;

#[derive(Event, Clone)]
#[event(clone)]
struct Lends(String);

#[derive(Event, Clone)]
#[event(clone)]
struct Generic<T>(T);

fn main() {
    let registry = Registry::new();
    registry.on_topic_async("users::.*", async |_: &EventCopy| ());
    registry.on_topic_deferred("users::.*", |_: &EventCopy| ());
    registry.on_topic("users::.*", |_: &dyn AnyEvent| ());
    registry.emit(Generic(Arc::new(AtomicU32::new(7))));
}
