//! A subscriber that keeps a borrow of its arguments.

use events_core::{Emission, Event, State, subscriber};

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
}

#[subscriber]
fn event(_: &Login<'_>) {}

#[subscriber]
fn inside(_: &mut Login<'_>) {}

#[subscriber]
fn state(_: &Login<'_>, _: State<'_, &'static str>) {}

#[subscriber]
fn emission(_: &Login<'_>, _: &Emission) {}

fn main() {}
