//! Whether an event can be copied, asked by the derive, which does not know the types it names.

use std::{any::Any, ops::Deref};

/// A copy of an event.
pub type Copied = Box<dyn Any + Send>;

/// An event that is perhaps to be copied. The compiler takes [`copy`](Self::copy) where the type is
/// `Clone` and `Send`; elsewhere it finds only that of `Uncopied`, by dereferencing.
#[derive(Debug)]
pub struct Copying<'e, E>(pub &'e E);

impl<E: Clone + Send + 'static> Copying<'_, E> {
    /// A copy.
    #[must_use]
    pub fn copy(&self) -> Option<Copied> {
        Some(Box::new(self.0.clone()))
    }
}

impl<E> Deref for Copying<'_, E> {
    type Target = Uncopied;

    fn deref(&self) -> &Uncopied {
        &Uncopied
    }
}

/// An event that cannot be copied, or of which that is not known.
#[derive(Debug)]
pub struct Uncopied;

impl Uncopied {
    /// No copy.
    #[must_use]
    pub fn copy(&self) -> Option<Copied> {
        None
    }
}
