//! Policies with durations that are zero or endless.

use std::time::Duration;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login;

#[subscriber(timeout = Duration::ZERO)]
async fn zero(_: &Login) {}

#[subscriber(timeout = Duration::MAX)]
async fn endless(_: &mut Login) {}

#[subscriber(deferred, debounce = Duration::ZERO)]
fn no_debounce(_: &Login) {}

#[subscriber(deferred, debounce = Duration::MAX)]
fn endless_debounce(_: &Login) {}

fn main() {}
