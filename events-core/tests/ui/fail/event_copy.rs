//! Async and deferred subscribers of patterns and of lists of types take `&EventCopy`, of events that can be copied.

use events_core::{AnyEvent, Event, EventCopy, subscriber};

#[derive(Event, Clone)]
struct Login;

#[subscriber(topic = "users::.*")]
async fn no_copy(_: &dyn AnyEvent) {}

#[subscriber(Login, deferred)]
fn no_copy_deferred(_: &dyn AnyEvent) {}

#[subscriber(topic = "users::.*", deferred)]
fn of_one_type(_: &Login) {}

#[subscriber(topic = "users::.*", deferred)]
fn changes_deferred(_: &mut EventCopy) {}

#[subscriber(topic = "users::.*")]
async fn changes(_: &mut EventCopy) {}

#[subscriber(topic = "users::.*", awaited)]
async fn awaited(_: &EventCopy) {}

#[subscriber(topic = "users::.*")]
fn sync(_: &EventCopy) {}

#[subscriber(topic = "users::.*", deferred, when = |event: &EventCopy| event.topic().len() > 7)]
fn condition(_: &EventCopy) {}

#[subscriber(topic = "users::.*", deferred, when = event.topic().len() > 7)]
fn no_condition(event: &EventCopy) {}

fn main() {}
