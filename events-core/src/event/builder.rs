//! What every derived builder is made of.
//!
//! A builder has one type parameter a field: [`Unset`], or [`Set`] once it has a value. A setter
//! turns the first into the second, so a missing or a repeated field is a type error; the derive
//! gives each field traits of its own that carry the error's text in plain words.

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
pub trait Build {
    /// What is built.
    type Event;

    /// Puts the event together; a field that was left out takes its default.
    fn build(self) -> Self::Event;
}
