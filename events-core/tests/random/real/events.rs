//! The events of the programs.

use events_core::{Event, bounds::OwnedEvent};

#[derive(Event, Clone)]
#[event(topic = "one::a")]
pub(super) struct A {
    pub(super) value: i64,
}

#[derive(Event, Clone)]
#[event(topic = "one::b")]
pub(super) struct B {
    pub(super) value: i64,
}

/// Is not `Clone`.
#[derive(Event)]
#[event(topic = "two::c")]
pub(super) struct C {
    pub(super) value: i64,
}

/// Borrows its value.
#[derive(Event)]
#[event(topic = "two::d")]
pub(super) struct D<'a> {
    pub(super) value: &'a mut i64,
}

/// Reads the value.
pub(super) trait Value {
    fn value(&self) -> i64;
}

/// An event that owns its value.
pub(super) trait Owned: Value + OwnedEvent + Send {
    fn value_mut(&mut self) -> &mut i64;
}

macro_rules! owned {
    ($($event:ident)*) => {
        $(
            impl Value for $event {
                fn value(&self) -> i64 {
                    self.value
                }
            }

            impl Owned for $event {
                fn value_mut(&mut self) -> &mut i64 {
                    &mut self.value
                }
            }
        )*
    };
}

owned! { A B C }

impl Value for D<'_> {
    fn value(&self) -> i64 {
        *self.value
    }
}
