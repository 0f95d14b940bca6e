//! An attribute of serde that changes how a struct is written as a whole, on an event with a secret.

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
    #[serde(flatten)]
    session: Session,
}

#[derive(Event, Serialize)]
#[event(serialize)]
#[serde(tag = "kind")]
struct Closed {
    #[event(secret)]
    pin: u32,
}

fn main() {}
