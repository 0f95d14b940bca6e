//! The registry as a value: a handle on a [`Core`], and the verbs.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::{
    batch::Batch,
    core::{Core, Outcome},
    subscribe::NewSubscription,
    subscription::Subscription,
};
use crate::{
    event::{Event, Family, OwnedEvent, Visit},
    handler::{Handler, Run, Step},
    words::{EmitError, Emitted, IntoKey, Key, Origin},
};

/// Who listens to which event, and the verbs that reach them.
///
/// A registry is a cheap handle: clones are the same registry. Most programs need no value of it:
/// [`scan()`](crate::scan()) fills the default one and [`Event::emit`] uses it. A test, or a part of a
/// program with subscribers of its own, makes one with [`Registry::new`] or `Registry::with`, and
/// may make it the current one with `enter`.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Saved {
///     path: String,
///     notes: Vec<String>,
/// }
///
/// let registry = Registry::new();
/// let listing = registry.on(|event: &mut Saved| event.notes.push("listed".into()));
///
/// let saved = registry.emit(Saved { path: "a.txt".into(), notes: vec![] });
/// assert_eq!(saved.notes, ["listed"]);
///
/// drop(listing);
/// let saved = registry.emit(Saved { path: "b.txt".into(), notes: vec![] });
/// assert!(saved.notes.is_empty());
/// ```
#[derive(Clone)]
pub struct Registry(Handle<Arc<Core>>);

/// The default registry, which is always there, or one of several.
#[derive(Clone)]
pub(crate) enum Handle<C> {
    Default(&'static Core),
    Own(C),
}

impl Registry {
    /// A registry in which nobody listens.
    #[must_use]
    pub fn new() -> Self {
        Self(Handle::Own(Arc::new(Core::new())))
    }

    /// A handle on the default registry.
    pub(crate) fn of_default(core: &'static Core) -> Self {
        Self(Handle::Default(core))
    }

    #[inline]
    pub(crate) fn core(&self) -> &Core {
        match &self.0 {
            Handle::Default(core) => core,
            Handle::Own(core) => core,
        }
    }

    pub(super) fn downgrade(&self) -> Handle<Weak<Core>> {
        match &self.0 {
            Handle::Default(core) => Handle::Default(core),
            Handle::Own(core) => Handle::Own(Arc::downgrade(core)),
        }
    }

    /// Sets how many emits may be under way inside one another on a thread, this registry's being
    /// the innermost: 128 unless told, at least 1, at most 256.
    ///
    /// A deeper one is refused with [`TooDeep`](crate::TooDeep), whose text prints the chain.
    pub fn set_depth_limit(&self, limit: usize) {
        self.core().set_limit(limit);
    }

    /// Runs the subscribers of this registry and gives the event back; see [`Event::emit`].
    ///
    /// This registry does not become the current one meanwhile: what its subscribers emit with
    /// `event.emit()` goes to the registry that is current on this thread. To keep nested events
    /// inside, [`enter`](Self::enter) the registry and use `event.emit()`.
    #[inline]
    pub fn emit<E: Event>(&self, mut event: E) -> E {
        self.emit_mut(&mut event);
        event
    }

    /// [`emit`](Self::emit) without moving a large event.
    #[inline]
    pub fn emit_mut<E: Event>(&self, event: &mut E) {
        event.__lend(Emit(self.core(), None));
    }

    /// [`emit`](Self::emit), and says where from; see [`Event::emit_from`].
    #[inline]
    pub fn emit_from<E: Event, M>(&self, mut event: E, origin: impl IntoKey<M>) -> E {
        event.__lend(Emit(self.core(), Some(&origin.into_key().into())));
        event
    }

    /// Runs the subscribers and tells what became of the event; see [`Event::try_emit`].
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, None)
    }

    /// [`try_emit`](Self::try_emit), and says where from.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    pub fn try_emit_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, Some(&origin.into_key().into()))
    }

    pub(crate) fn try_emit_with<E: Event>(
        &self,
        mut event: E,
        origin: Option<&Origin>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        event.__lend(TryEmit(self.core(), origin)).of(event)
    }

    /// Subscribes a function or closure that takes `&E` or `&mut E`; see [`Handler`].
    ///
    /// It runs from the next emit on. It takes no options, so that it cannot fail; with
    /// [`subscribe`](Self::subscribe) it takes some.
    ///
    /// # Panics
    ///
    /// When other subscribers are ordered around this very function in a circle.
    #[track_caller]
    pub fn on<E, M, H>(&self, handler: H) -> Subscription
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        self.subscribe(handler).infallibly()
    }

    /// A subscription with options; nothing happens before its `register()`.
    #[track_caller]
    pub fn subscribe<E, M, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E, impl Fn(&mut E, &Run<'_>) -> Step + Send + Sync + 'static + use<E, M, H>>
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        NewSubscription::new(
            self.clone(),
            std::panic::Location::caller().into(),
            Key::of::<H>(),
            H::CHANGES,
            move |event: &mut E, run: &Run<'_>| handler.call(event, run),
        )
    }

    /// Subscriptions that are made together, and dropped together; see [`Batch`].
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Subscribes a closure to an event that borrows: `registry.on_borrowed::<Login>(|event| ..)`.
    ///
    /// The closure takes `&mut Login<'_>`, whatever the lifetime is.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe_borrowed::<E>(handler).infallibly()
    }

    /// As [`on_borrowed`](Self::on_borrowed), with options.
    #[track_caller]
    #[expect(clippy::type_complexity, reason = "an alias cannot hold `impl Fn`")]
    pub fn subscribe_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> NewSubscription<
        E::Family,
        impl Fn(&mut <E::Family as Family>::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    > {
        NewSubscription::new(
            self.clone(),
            std::panic::Location::caller().into(),
            Key::of_value(&handler),
            true,
            move |event: &mut <E::Family as Family>::Of<'_>, _: &Run<'_>| {
                handler(event);
                Step::Done
            },
        )
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

/// Two handles are equal when they are handles on the same registry.
impl PartialEq for Registry {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.core(), other.core())
    }
}

impl Eq for Registry {}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Handle::Default(_) => f.write_str("Registry(default)"),
            Handle::Own(core) => write!(f, "Registry({:p})", Arc::as_ptr(core)),
        }
    }
}

struct Emit<'a>(&'a Core, Option<&'a Origin>);

impl<F: Family> Visit<F> for Emit<'_> {
    type Output = ();

    #[inline]
    fn visit(self, event: &mut F::Of<'_>) {
        self.0.emit::<F>(event, self.1);
    }
}

struct TryEmit<'a>(&'a Core, Option<&'a Origin>);

impl<F: Family> Visit<F> for TryEmit<'_> {
    type Output = Outcome;

    fn visit(self, event: &mut F::Of<'_>) -> Outcome {
        self.0.try_emit::<F>(event, self.1)
    }
}
