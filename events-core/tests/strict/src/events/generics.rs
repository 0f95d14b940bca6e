//! Events with parameters, and events that borrow.

#![allow(
    clippy::missing_const_for_fn,
    reason = "about the subscribers themselves"
)]

use std::{fmt::Debug, rc::Rc};

use events_core::{Event, subscriber};

/// A page of records.
#[derive(Event, Debug)]
#[expect(clippy::type_repetition_in_bounds, reason = "bounds in both places")]
pub struct Page<T: Clone, const N: usize = 4>
where
    T: Debug,
{
    /// The records.
    pub records: [T; N],
    /// The first record of the next page.
    pub next: Option<T>,
}

/// An event that is not `Send`.
#[derive(Event, Debug)]
pub struct Shared<T> {
    /// The value.
    pub value: Rc<T>,
}

/// Borrows its data.
#[derive(Event, Debug)]
pub struct Login<'a> {
    /// A shared borrow.
    pub host: &'a str,
    /// A mutable borrow.
    pub count: &'a mut u32,
    /// Optional.
    pub note: Option<&'a str>,
}

/// Borrows and has parameters.
#[derive(Event, Debug)]
pub struct Lent<'a, T: Debug, U = u8>
where
    U: Copy,
{
    /// The borrowed item.
    pub item: &'a T,
    /// An owned value.
    pub copy: U,
}

#[subscriber]
fn count(event: &mut Login<'_>) {
    *event.count += 1;
}

#[subscriber(when = |event: &Login<'_>| !event.host.is_empty())]
fn count_named<'a>(event: &mut Login<'a>) {
    let host: &'a str = event.host;
    event.note = event.note.or(Some(host));
}

#[subscriber]
fn count_elided(event: &mut Page<u8>) {
    event.records[0] += 1;
}
