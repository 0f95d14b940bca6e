//! Private events and private types of fields.

#![allow(
    clippy::missing_const_for_fn,
    reason = "about the subscribers themselves"
)]

use events_core::{Event, emit, subscriber};

#[derive(Debug, Clone, Default)]
struct Inner {
    count: u8,
}

/// Public, with private fields.
#[derive(Event, Debug)]
pub struct Opaque {
    inner: Inner,
    #[event(default)]
    more: Vec<Inner>,
}

#[derive(Event, Debug)]
struct Private {
    inner: Inner,
    note: Option<Inner>,
}

/// Built with a struct literal only: no setter is called.
#[derive(Event, Debug)]
struct Unbuilt {
    count: u8,
    note: Option<u8>,
    #[event(default)]
    build: u8,
}

#[derive(Event, Debug)]
pub(crate) struct Within {
    pub(crate) inner: u8,
}

#[derive(Event, Debug)]
struct Unit;

#[derive(Event, Debug)]
struct Tuple(u8);

#[subscriber]
fn opaque(event: &mut Opaque) {
    event.inner.count += 1;
    event.more.push(Inner::default());
}

#[subscriber]
fn private(event: &mut Private) {
    event.inner.count += 1;
    event.note = None;
}

/// Emits all of them.
///
/// # Panics
///
/// When a subscriber was not called.
#[must_use]
pub fn emit_all() -> usize {
    let inner = Inner::default();
    let opaque = Opaque::builder().inner(inner.clone()).emit();
    let private = emit!(Private, inner = inner.clone(), note = inner);
    let unbuilt = Unbuilt {
        count: 1,
        note: None,
        build: 2,
    }
    .emit();
    let _ = Unit.emit();
    let tuple = Tuple(3).emit();
    let within = Within::builder().inner(4).build();
    assert_eq!((opaque.inner.count, opaque.more.len()), (1, 1));
    assert_eq!((private.inner.count, private.note.is_none()), (1, true));
    let sum = unbuilt.count + unbuilt.build + tuple.0 + within.inner + unbuilt.note.unwrap_or(0);
    sum.into()
}
