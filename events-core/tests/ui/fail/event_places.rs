//! `#[event(..)]` in places where it is not read: on a variant and its fields, on parameters, and inside of
//! types; `#[on]` on an impl block; and attributes that are given twice.

use events_core::{Event, listener, on, record::Created, observer, subscriber};

#[derive(Event)]
enum Entered {
    #[event(secret)]
    Password(String),
    #[event(topic = "entered.pin")]
    Pin,
    Code(#[event(secret)] u32),
    Name {
        #[event(into)]
        text: String,
    },
}

#[derive(Event)]
struct Wrapped<#[event(secret)] T>(T);

#[derive(Event)]
struct Lent<#[event(serialize)] 'a> {
    text: &'a str,
}

#[derive(Event)]
struct Called {
    by: fn(#[event(secret)] u32),
    #[event(serialize)]
    number: u32,
    #[event(other::secret)]
    code: u32,
}

#[derive(Event)]
struct Rang {
    number: u32,
}

#[subscriber]
#[subscriber(once)]
fn greet(event: &Rang) {
    let _ = event.number;
}

struct User;

struct Both;

#[listener]
#[observer(User)]
impl Both {
    #[on(once)]
    fn created(&self, _: &Created<User>) {}
}

struct Outside;

#[listener]
#[on(once)]
impl Outside {
    #[on]
    fn created(&self, _: &Created<User>) {}
}

fn main() {}
