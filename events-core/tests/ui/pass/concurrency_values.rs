//! Concurrency limits that are zero by a constant, or of another type.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login;

const LIMIT: usize = 1;

#[subscriber(concurrency = LIMIT)]
async fn none(_: &Login) {}

#[subscriber(concurrency = LIMIT)]
async fn many(_: &Login) {}

fn main() {}
