//! What the compiler reports about subscribers that take a copy: events that cannot be copied, and handlers of another kind.

use std::{cell::Cell, rc::Rc};

use events_core::{AnyEvent, Event, EventCopy, Registry, subscriber};

#[derive(Event)]
struct NotClone;

#[derive(Event, Clone)]
struct NotSend(Rc<str>);

#[derive(Event, Clone)]
struct Borrowed<'a>(&'a str);

#[subscriber(NotClone, NotSend, Borrowed<'_>, deferred)]
fn of_three(_: &EventCopy) {}

#[subscriber(deferred)]
fn of_what(_: &EventCopy) {}

#[derive(Event)]
#[event(clone)]
struct NoClone;

#[derive(Event, Clone)]
#[event(clone)]
struct Lends<'a>(&'a str);

#[derive(Event, Clone)]
#[event(clone)]
struct Generic<T>(T);

fn main() {
    let registry = Registry::new();
    registry.on_topic_async("users::.*", async |_: &dyn AnyEvent| ());
    registry.on_topic_deferred("users::.*", |_: &dyn AnyEvent| ());
    registry.on_topic("users::.*", |_: &EventCopy| ());
    registry.emit(Generic(Cell::new(7)));
}
