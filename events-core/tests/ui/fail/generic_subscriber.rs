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
fn saved<T>(event: &Saved<T>) {
    let _ = &event.record;
}

#[subscriber]
fn any(_: &impl Event) {}

#[subscriber]
fn nested(_: &Saved<impl Send>) {}

#[subscriber]
fn owned(_: impl Event) {}

#[subscriber]
fn array<const N: usize>(_: &Saved<[u8; N]>) {}

fn main() {
    let _ = Opened::builder().path(String::new()).emit().path;
}
