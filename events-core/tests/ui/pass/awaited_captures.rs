//! Awaited closures that capture.

use events_core::{Event, Registry};

#[derive(Event)]
struct Login(u32);

#[derive(Event)]
struct Lent<'a>(&'a mut u32);

fn main() {
    let registry = Registry::new();
    let added = 1;
    registry
        .on_awaited_with((1, added), async |event: &mut Login, (state, added): &(u32, u32)| event.0 += state + added)
        .detach();
    registry
        .on_awaited_borrowed_with::<Lent<'_>, _, _>(added, async |event: &mut Lent<'_>, added: &u32| *event.0 += added)
        .detach();
}
