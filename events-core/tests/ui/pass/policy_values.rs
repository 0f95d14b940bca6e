//! Policies with durations that are neither zero nor endless.

use std::time::Duration;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login;

const SECOND: Duration = Duration::from_secs(1);

#[subscriber(timeout = SECOND)]
async fn timed(_: &Login) {}

#[subscriber(timeout = SECOND)]
async fn changes(_: &mut Login) {}

#[subscriber(deferred, debounce = SECOND)]
fn debounced(_: &Login) {}

fn main() {}
