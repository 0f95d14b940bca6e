//! How many calls may be under way at once: none, by way of a constant, and something else.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login;

const LIMIT: usize = 1;

#[subscriber(concurrency = LIMIT)]
async fn none(_: &Login) {}

#[subscriber(concurrency = LIMIT)]
async fn many(_: &Login) {}

fn main() {}
