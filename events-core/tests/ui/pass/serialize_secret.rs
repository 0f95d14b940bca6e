//! Attributes of serde on an event with a secret, and the others on one without.

use events_core::Event;
use serde::Serialize;

#[derive(Serialize)]
struct Session {
    token: String,
}

#[derive(Event, Serialize)]
#[event(serialize)]
struct Opened {
    #[event(secret)]
    pin: u32,
    #[serde(skip)]
    session: Session,
}

#[derive(Event, Serialize)]
#[event(serialize)]
#[serde(tag = "kind")]
struct Closed {
    #[serde(flatten)]
    session: Session,
}

fn main() {}
