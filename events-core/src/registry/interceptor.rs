//! Interception: an interceptor is called with each event of a registry before the subscribers, and may
//! withhold it from them. Tests use it to record events and to mute them.
//!
//! Emits of a registry without an interceptor pay nothing for it: setting one sets the depth limit of
//! the fast path to 0, which forces every emit onto the slow path, and only that calls the interceptor.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    fmt,
    sync::Arc,
};

use arc_swap::ArcSwapOption;

use crate::{
    event::{AnyEvent, BoxedEvent, Family},
    metadata::{EmitVerb, Location},
    result::Failure,
};

/// Is called with each event of a registry before its subscribers.
pub trait Interceptor: Any + fmt::Debug + Send + Sync {
    /// Whether the event is withheld from the subscribers. Called on the emitter's thread, with no lock
    /// held.
    fn withholds(&self, event: &mut dyn Intercepted) -> bool;

    /// A subscriber of the registry failed, and no caller receives the failure as a result. Called on the
    /// thread that logs the failure, with no lock held.
    fn failed(&self, _failure: &Failure) {}

    /// Subscribers with these names were registered at run time. Called with no lock held.
    fn subscribed(&self, _names: Vec<Cow<'static, str>>) {}
}

/// An event as an interceptor receives it, with its type erased.
pub trait Intercepted {
    /// The event, for reading by topic and argument names.
    fn event(&self) -> &dyn AnyEvent;

    /// The id of its family: of its type with every lifetime that it may have.
    fn family(&self) -> TypeId;

    /// Where it was emitted.
    fn location(&self) -> Location;

    /// By which kind of method it was emitted.
    fn verb(&self) -> EmitVerb;

    /// A clone of it; `None` when its type is not `Clone` or borrows.
    fn copy(&self) -> Option<BoxedEvent>;

    /// Calls the [`Viewer`] with the event if it is one of its family; a viewer of another family, or
    /// any other value, is not called.
    fn show(&mut self, viewer: &mut dyn Any);
}

/// A closure that reads the events of one family, with any lifetime.
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

/// The interceptor, if there is one. `ArcSwapOption` swaps thin pointers only, and `Arc<dyn
/// Interceptor>` is a wide one: therefore the `Arc` in the `Arc`.
pub(super) type InterceptorCell = ArcSwapOption<Arc<dyn Interceptor>>;
