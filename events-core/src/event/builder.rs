//! What every derived builder is made of.
//!
//! A builder has one type parameter a field: [`Unset`], or [`Set`] with the value inside. A setter
//! turns the first into the second, so a missing or a repeated field is a type error; the derive
//! gives each field traits of its own that carry the error's text in plain words.

/// A field of a builder that has no value yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unset;

/// A field of a builder that has its value.
#[derive(Clone, Copy, Debug)]
pub struct Set<T>(pub T);

/// A field that has its value for certain.
pub trait Take<T> {
    /// Takes the value out.
    fn take(self) -> T;
}

impl<T> Take<T> for Set<T> {
    #[inline]
    fn take(self) -> T {
        self.0
    }
}

/// A field that may be left out.
pub trait Given<T> {
    /// The value, or what stands for it.
    fn or_else(self, default: impl FnOnce() -> T) -> T;
}

impl<T> Given<T> for Unset {
    #[inline]
    fn or_else(self, default: impl FnOnce() -> T) -> T {
        default()
    }
}

impl<T> Given<T> for Set<T> {
    #[inline]
    fn or_else(self, _: impl FnOnce() -> T) -> T {
        self.0
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
