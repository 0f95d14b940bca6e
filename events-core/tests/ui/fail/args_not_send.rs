//! An argument of a named event is `Send`, `Sync` and owned.

use std::{cell::Cell, rc::Rc};

use events_core::{args, emitting::Args};

fn main() {
    let user = Rc::new(7);
    drop(args! { mode: "signin", user: user });

    drop(args! {
        mode: "signin",
        secret pin: Cell::new(7),
    });
}

fn generic<T: Send + 'static>(value: T) -> Args {
    args! { value: value }
}
