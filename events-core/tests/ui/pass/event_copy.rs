//! The fixes of `fail/event_copy.rs`.

use events_core::{AnyEvent, Event, EventCopy, subscriber};

#[derive(Event, Clone)]
struct Login;

#[subscriber(topic = "users::.*")]
async fn copy(_: &EventCopy) {}

#[subscriber(Login, deferred)]
fn copy_deferred(_: &EventCopy) {}

#[subscriber(deferred)]
fn of_one_type(_: &Login) {}

#[subscriber(topic = "users::.*", deferred)]
fn reads_deferred(_: &EventCopy) {}

#[subscriber(topic = "users::.*")]
async fn reads(_: &EventCopy) {}

#[subscriber(topic = "users::.*")]
async fn not_awaited(_: &EventCopy) {}

#[subscriber(topic = "users::.*")]
fn sync(_: &dyn AnyEvent) {}

#[subscriber(topic = "users::.*", deferred, when = |event: &dyn AnyEvent| event.topic().len() > 7)]
fn condition(_: &EventCopy) {}

#[subscriber(topic = "users::.*", deferred, when = |event: &dyn AnyEvent| event.topic().len() > 7)]
fn no_condition(event: &EventCopy) {}

fn main() {}
