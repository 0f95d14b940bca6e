//! Blocks that cannot be listeners: generic, borrowing, of a trait, no impl block at all,
//! and a second block of the same type.

use std::marker::PhantomData;

use events_core::{Event, listener};

#[derive(Event)]
struct Login {
    user: u64,
}

struct Cache<T>(PhantomData<T>);

#[listener]
impl<T> Cache<T> {
    #[on]
    fn clear(&self, _: &Login) {}
}

struct Lent<'a>(&'a str);

#[listener]
impl<'a> Lent<'a> {
    #[on]
    fn greet(&self, _: &Login) {}
}

struct Other<'a>(&'a str);

#[listener]
impl Other<'_> {
    #[on]
    fn greet(&self, _: &Login) {}
}

trait Greets {
    fn greet(&self, event: &Login);
}

struct Greeter;

#[listener]
impl Greets for Greeter {
    #[on]
    fn greet(&self, event: &Login) {
        let _ = event.user;
    }
}

#[listener]
struct Counter;

struct Methods;

#[listener]
impl Methods {
    #[on]
    fn generic<T>(&self, _: &Login) {}
}

/// A type with two blocks of handlers.
struct Split;

#[listener]
impl Split {
    #[on]
    fn first(&self, _: &Login) {}
}

#[listener]
impl Split {
    #[on]
    fn second(&self, _: &Login) {}
}

fn main() {
    let _ = (Lent("").0, Other("").0, Cache(PhantomData::<u8>));
    Greeter.greet(&Login { user: 1 });
    let _ = (Counter, Methods);
}
