//! The fix: values that are `Send` and `Sync`.

use std::sync::{Arc, Mutex};

use events_core::{args, emitting::Args};

fn main() {
    let user = Arc::new(7);
    drop(args! { mode: "signin", user: user });

    drop(args! {
        mode: "signin",
        secret pin: Mutex::new(7),
    });
    drop(generic(7));
}

fn generic<T: Send + Sync + 'static>(value: T) -> Args {
    args! { value: value }
}
