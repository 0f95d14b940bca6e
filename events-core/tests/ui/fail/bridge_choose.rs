//! The closure of `choose` returns choices: an event that is not converted, a type that is no event, and an event that
//! is not `Send`.

use std::rc::Rc;

use events_core::{Event, bridge};

#[derive(Event)]
struct Low(u32);

#[derive(Event)]
struct High(u32);

struct Broken(u32);

#[derive(Event)]
struct Local(Rc<u32>);

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().choose(|level| match level {
        0..50 => Some(Low(level)),
        _ => Some(High(level).into()),
    }));

    drop(levels().choose(|level| Some(Broken(level).into())));

    drop(levels().choose(|level| Some(Local(Rc::new(level)).into())));
}
