//! Policies with durations that are zero, endless or negative, and a retry of another type.

use std::time::Duration;

use events_core::{Event, Retry, subscriber};

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

#[subscriber(retry = Retry::exponential(Duration::ZERO, Duration::from_secs(1)))]
async fn at_once(_: &Login) {}

#[subscriber(retry = Retry::exponential(Duration::from_secs(1), Duration::MAX))]
async fn never(_: &Login) {}

fn main() {}
