//! What every derived builder is made of.
//!
//! A builder has one type parameter a field: [`Unset`], or [`Set`] once it has a value. A setter
//! turns the first into the second, so a missing or a repeated field is a type error.
//!
//! The derive has `build` and `emit` for builders of which every required field is `Set`; any other
//! builder dereferences to [`Incomplete`], whose methods of these names ask for [`Complete`]. That asks
//! each field for a trait of its own, which carries the error's text in plain words. So these traits
//! are named once for each event, not in every method, and events compile faster.

use std::{future::Ready, marker::PhantomData};

use crate::words::{EmitError, Emitted, QueueFull};

/// The state of a builder's field that has no value yet.
#[derive(Clone, Copy, Debug)]
pub struct Unset;

/// The state of a builder's field that has its value.
#[derive(Clone, Copy, Debug)]
pub struct Set;

/// The value of a field that is [`Set`], as the type of its builder says.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn given<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => unreachable!("the setter that made this field Set has given it a value"),
    }
}

/// A builder in which no required field is missing.
///
/// Derived builders have the same as a method; the trait serves code that is generic over events,
/// and events that have a field called `build`.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be built: a required field is not set")]
pub trait Build {
    /// What is built.
    type Event;

    /// Puts the event together; a field that was left out takes its default.
    fn build(self) -> Self::Event;
}

/// Holds for a builder of which each required field holds that it is set; each says so in words of
/// its own when it is not.
#[doc(hidden)]
pub trait Complete {}

/// Asked of a field's state by its setters.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this field is set twice",
    label = "remove this call: the field is set before"
)]
pub trait Free {}

#[diagnostic::do_not_recommend]
impl Free for Unset {}

/// What a builder is as long as a required field is missing: something that can do nothing but tell
/// which one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Incomplete<B, E>(PhantomData<fn() -> (B, E)>);

#[expect(clippy::must_use_candidate, reason = "none of it is ever called")]
impl<B, E> Incomplete<B, E> {
    /// What this builder is.
    #[inline]
    pub fn of(_: &B) -> &Self {
        &Self(PhantomData)
    }

    /// Never called: builders that can be built have methods of their own.
    pub fn __build(&self) -> E
    where
        B: Complete,
    {
        never()
    }

    /// Never called, too.
    pub fn build(&self) -> E
    where
        B: Complete,
    {
        never()
    }

    /// Never called, too.
    pub fn emit(&self) -> E
    where
        B: Complete,
    {
        never()
    }

    /// Never called, too.
    #[expect(clippy::missing_errors_doc, reason = "it is never called")]
    pub fn try_emit(&self) -> Result<Emitted<E>, EmitError<E>>
    where
        B: Complete,
    {
        never()
    }

    /// Never called, too. Awaited, it would give the event, as the future of a complete builder does.
    pub fn emit_async(&self) -> Ready<E>
    where
        B: Complete,
    {
        never()
    }

    /// Never called, too.
    #[expect(clippy::missing_errors_doc, reason = "it is never called")]
    pub fn enqueue(&self) -> Result<(), QueueFull<E>>
    where
        B: Complete,
    {
        never()
    }
}

fn never() -> ! {
    unreachable!("a complete builder has this method itself")
}
