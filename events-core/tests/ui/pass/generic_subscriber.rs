//! A subscriber with a type parameter, written out or as `impl Trait`.

use events_core::{Event, subscriber};

#[derive(Event)]
struct Saved<T> {
    record: T,
}

#[derive(Event)]
struct Opened {
    path: String,
}

#[subscriber]
fn saved(event: &Saved<u8>) {
    let _ = &event.record;
}

#[subscriber]
fn any(_: &Opened) {}

#[subscriber]
fn nested(_: &Saved<u8>) {}

#[subscriber]
fn owned(_: &Opened) {}

#[subscriber]
fn array(_: &Saved<[u8; 4]>) {}

fn main() {
    let _ = Opened::builder().path(String::new()).emit().path;
}
