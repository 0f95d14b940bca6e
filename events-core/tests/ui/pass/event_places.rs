//! Attributes in places where they are read, and each given once.

use events_core::{Event, listener, observer, record::Created, subscriber};

#[derive(Event)]
#[event(topic = "entered.password")]
struct Password(#[event(secret)] String);

#[derive(Event)]
struct Name {
    #[event(into)]
    text: String,
}

#[derive(Event)]
struct Wrapped<T>(#[event(secret)] T);

#[derive(Event)]
#[event(topic = "lent")]
struct Lent<'a> {
    text: &'a str,
}

#[derive(Event)]
struct Called {
    #[event(secret)]
    by: fn(u32),
    number: u32,
    #[event(secret)]
    code: u32,
}

#[subscriber(once)]
fn greet(event: &Called) {
    let _ = event.number;
}

struct User;

struct Observes;

#[observer(User)]
impl Observes {
    fn created(&self, _: &Created<User>) {}
}

struct Listens;

#[listener]
impl Listens {
    #[on(once)]
    fn created(&self, _: &Created<User>) {}
}

fn main() {}
