//! The types that an argument of `args!` may have, and whether the compiler can find out that a value is readable
//! as JSON.

use std::{any::Any, fmt, marker::PhantomData, ops::Deref};

use crate::event::json::Json;
#[cfg(feature = "serde")]
use crate::event::nested_json::Nested;

/// A type of arguments, for the argument that is called `Name`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the argument `{Name}` is a `{Self}`, which cannot be sent to or shared with another thread",
    label = "this value is not `Send + Sync + 'static`",
    note = "a named event may run from the queue, on another thread; pass an owned value that is `Send` and \
            `Sync`: `Arc` in place of `Rc`, `Mutex` or an atomic in place of `RefCell` or `Cell`"
)]
pub trait ArgValue<Name>: Any + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Any + Send + Sync, Name> ArgValue<Name> for T {}

/// Returns the value of an argument as JSON; `None` if the value is left out.
pub(super) type ArgJson = fn(&dyn Any) -> Option<Json>;

/// Finds out how a `T` is read as JSON, without a bound on it. Method resolution selects
/// [`json`](Self::json) for an event that may have secrets, or a container of such events; else, by
/// dereferencing, [`SerializeProbe::json`] for a type that is `Serialize`; else [`NoJson::json`].
#[doc(hidden)]
pub struct ArgProbe<T>(SerializeProbe<T>);

/// The target of [`ArgProbe`] for a type that is no event.
#[doc(hidden)]
pub struct SerializeProbe<T>(PhantomData<T>);

/// The target of [`SerializeProbe`] for a type that is not known to be `Serialize`.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoJson;

impl<T> ArgProbe<T> {
    /// The probe of the type of a value.
    #[inline]
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(SerializeProbe(PhantomData))
    }
}

#[cfg(feature = "serde")]
impl<T: Nested + Any> ArgProbe<T> {
    /// The function that reads an event of this type, and hides its secrets.
    #[inline]
    #[must_use]
    pub fn json(&self) -> Option<ArgJson> {
        Some(|value| value.downcast_ref::<T>()?.json())
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize + Any> SerializeProbe<T> {
    /// The function that serializes a value of this type.
    #[inline]
    #[must_use]
    pub fn json(&self) -> Option<ArgJson> {
        Some(|value| crate::event::json::value(value.downcast_ref::<T>()?))
    }
}

impl NoJson {
    /// No function.
    #[inline]
    #[must_use]
    pub fn json(&self) -> Option<ArgJson> {
        None
    }
}

impl<T> Deref for ArgProbe<T> {
    type Target = SerializeProbe<T>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T> Deref for SerializeProbe<T> {
    type Target = NoJson;

    #[inline]
    fn deref(&self) -> &NoJson {
        &NoJson
    }
}

impl<T> fmt::Debug for ArgProbe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArgProbe")
    }
}

impl<T> fmt::Debug for SerializeProbe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SerializeProbe")
    }
}
