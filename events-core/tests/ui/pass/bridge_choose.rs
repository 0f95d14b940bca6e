//! The fix: `.into()`, an event, and a value that is `Send + Sync`.

use std::sync::Arc;

use events_core::{Event, bridge};

#[derive(Event)]
struct Low(u32);

#[derive(Event)]
struct High(u32);

#[derive(Event)]
struct Broken(u32);

#[derive(Event)]
struct Local(Arc<u32>);

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().choose(|level| match level {
        0..50 => Some(Low(level).into()),
        _ => Some(High(level).into()),
    }));

    drop(levels().choose(|level| Some(Broken(level).into())));

    drop(levels().choose(|level| Some(Local(Arc::new(level)).into())));
}
