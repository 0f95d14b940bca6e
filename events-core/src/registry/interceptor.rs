//! Who sees each event of a registry before its subscribers do, and may keep it from them: a test.
//!
//! Emits that nobody intercepts pay nothing for it: while somebody does, no plain emit gets in, as
//! `emit_limits` describes, and each takes the way on which this is asked.

use std::{
    any::{Any, TypeId},
    fmt,
    sync::Arc,
};

use arc_swap::ArcSwapOption;

use crate::{
    event::{AnyEvent, BoxedEvent, Family},
    metadata::Location,
};

/// Sees each event before the subscribers do.
pub trait Interceptor: Any + fmt::Debug + Send + Sync {
    /// Whether the event is kept from the subscribers. Called on the emitter's thread, with no lock
    /// held.
    fn withholds(&self, event: &mut dyn Intercepted) -> bool;
}

/// An event before its subscribers.
pub trait Intercepted {
    /// The event, as one of any type.
    fn event(&self) -> &dyn AnyEvent;

    /// What tells its type from others, whatever it borrows.
    fn family(&self) -> TypeId;

    /// Where it was emitted.
    fn location(&self) -> Location;

    /// By which verb.
    fn verb(&self) -> EmitVerb;

    /// A copy of it, when it can be copied.
    fn copy(&self) -> Option<BoxedEvent>;

    /// Shows the event to a [`Viewer`] of its family; a viewer of another family, or any other value, is
    /// not called.
    fn show(&mut self, viewer: &mut dyn Any);
}

/// A closure that reads the events of one family, whatever they borrow.
pub struct Viewer<F: Family>(Box<View<F>>);

type View<F> = dyn FnMut(&<F as Family>::Of<'_>);

impl<F: Family> Viewer<F> {
    /// Wraps the closure.
    pub fn new(view: impl FnMut(&F::Of<'_>) + 'static) -> Self {
        Self(Box::new(view))
    }

    /// Calls the closure.
    pub(crate) fn view(&mut self, event: &F::Of<'_>) {
        (self.0)(event);
    }
}

impl<F: Family> fmt::Debug for Viewer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewer").finish_non_exhaustive()
    }
}

/// By which kind of verb an event is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmitVerb {
    /// `emit`, `try_emit`, `emit_topic`.
    Emit,
    /// `emit_async`, `try_emit_async`.
    EmitAsync,
    /// `enqueue`.
    Enqueue,
}

/// The one who intercepts, if there is one. Twice shared, for what is exchanged is one word.
pub(crate) type InterceptorCell = ArcSwapOption<Arc<dyn Interceptor>>;
