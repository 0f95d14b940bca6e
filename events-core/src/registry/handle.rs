//! The registry as a value: a handle on a [`Core`], and the verbs.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, Weak},
};

use super::{
    core::{Core, HOOKED},
    interceptor::Site,
};
use crate::{
    emit::{EmitAsync, Outcome, TryEmitAsync},
    event::{AnyEvent, Args, Event, Family, OwnedEvent, Visit},
    metadata::{IntoKey, Origin},
    result::{EmitError, Emitted, QueueFull},
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

/// A registry that its holder does not keep alive.
#[derive(Clone)]
pub(crate) struct WeakRegistry(Handle<Weak<Core>>);

impl WeakRegistry {
    /// The registry, if it is still there.
    pub(crate) fn upgrade(&self) -> Option<Registry> {
        match &self.0 {
            Handle::Default(core) => Some(Registry(Handle::Default(core))),
            Handle::Own(core) => core.upgrade().map(|core| Registry(Handle::Own(core))),
        }
    }
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

    pub(crate) fn is_default(&self) -> bool {
        matches!(self.0, Handle::Default(_))
    }

    /// This registry, not kept alive.
    pub(crate) fn weak(&self) -> WeakRegistry {
        WeakRegistry(self.downgrade())
    }

    pub(crate) fn downgrade(&self) -> Handle<Weak<Core>> {
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

    /// Has this called with each event that nobody hears: that no subscriber ran for, and none will out
    /// of the queue. It takes the place of the hook that was set before.
    ///
    /// An event that the hook itself emits, and nobody hears, is not told to it. A panic in it is logged.
    /// While there is a hook, emits cost what they cost when somebody looks at them with `tracing`.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "mail.sent")]
    /// struct MailSent;
    ///
    /// let registry = Registry::new();
    /// let unheard = Arc::new(Mutex::new(Vec::new()));
    /// let topics = Arc::clone(&unheard);
    /// registry.set_unheard_hook(move |event| topics.lock().unwrap().push(event.topic().to_owned()));
    ///
    /// registry.emit(MailSent);
    /// assert_eq!(*unheard.lock().unwrap(), ["mail.sent"]);
    /// ```
    pub fn set_unheard_hook(&self, hook: impl Fn(&dyn AnyEvent) + Send + Sync + 'static) {
        let writer = self.core().writer();
        let old = self.core().unheard().set_hook(Some(Box::new(hook)));
        self.core().ask_for(HOOKED);
        drop(writer);
        drop(old);
    }

    /// Takes the hook away that [`set_unheard_hook`](Self::set_unheard_hook) has set.
    pub fn clear_unheard_hook(&self) {
        let writer = self.core().writer();
        let old = self.core().unheard().set_hook(None);
        self.core().ask_no_more_for(HOOKED);
        drop(writer);
        drop(old);
    }

    /// Runs the subscribers of this registry and gives the event back; see [`Event::emit`].
    ///
    /// This registry does not become the current one meanwhile: what its subscribers emit with
    /// `event.emit()` goes to the registry that is current on this thread. To keep nested events
    /// inside, [`enter`](Self::enter) the registry and use `event.emit()`.
    #[inline]
    #[track_caller]
    pub fn emit<E: Event>(&self, mut event: E) -> E {
        self.emit_mut(&mut event);
        event
    }

    /// [`emit`](Self::emit) without moving a large event.
    #[inline]
    #[track_caller]
    pub fn emit_mut<E: Event>(&self, event: &mut E) {
        event.__lend(Emit(self.core(), None, Location::caller()));
    }

    /// [`emit`](Self::emit), and says where from; see [`Event::emit_from`].
    #[inline]
    #[track_caller]
    pub fn emit_from<E: Event, M>(&self, mut event: E, origin: impl IntoKey<M>) -> E {
        let origin = origin.into_key().into();
        event.__lend(Emit(self.core(), Some(&origin), Location::caller()));
        event
    }

    /// Runs the subscribers and tells what became of the event; see [`Event::try_emit`].
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, None)
    }

    /// [`try_emit`](Self::try_emit), and says where from.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[track_caller]
    pub fn try_emit_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, Some(&origin.into_key().into()))
    }

    #[track_caller]
    pub(crate) fn try_emit_with<E: Event>(
        &self,
        mut event: E,
        origin: Option<&Origin>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        event
            .__lend(TryEmit(self.core(), origin, Location::caller()))
            .of(event)
    }

    /// Runs the sync subscribers and then the async ones; see [`Event::emit_async`].
    #[inline]
    #[track_caller]
    pub fn emit_async<E: Event>(&self, event: E) -> EmitAsync<E> {
        EmitAsync::new(self.clone(), event, None, Location::caller())
    }

    /// [`emit_async`](Self::emit_async), and says where from.
    #[track_caller]
    pub fn emit_async_from<E: Event, M>(&self, event: E, origin: impl IntoKey<M>) -> EmitAsync<E> {
        EmitAsync::new(
            self.clone(),
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }

    /// [`emit_async`](Self::emit_async), and tells what became of the event; see
    /// [`Event::try_emit_async`].
    #[track_caller]
    pub fn try_emit_async<E: Event>(&self, event: E) -> TryEmitAsync<E> {
        TryEmitAsync::new(self.clone(), event, None, Location::caller())
    }

    /// [`try_emit_async`](Self::try_emit_async), and says where from.
    #[track_caller]
    pub fn try_emit_async_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> TryEmitAsync<E> {
        TryEmitAsync::new(
            self.clone(),
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }

    /// Emits an event that has no type: those who hear patterns of topics read its arguments by name
    /// and type. It gives the arguments back.
    ///
    /// Who hears a topic is remembered for a thousand topics or so; any number of others cost time and
    /// no memory.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args};
    ///
    /// let registry = Registry::new();
    /// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.arg::<&str>("mode"), Some(&"signin"));
    ///     assert_eq!(event.arg::<u32>("user"), Some(&7));
    /// })?;
    /// registry.emit_topic("user::logged_in", args! { user: 7_u32, mode: "signin" });
    /// # Ok::<(), events_core::PatternError>(())
    /// ```
    #[track_caller]
    pub fn emit_topic(&self, topic: impl AsRef<str>, args: Args) -> Args {
        let site = Location::caller();
        self.core().emit_topic(topic.as_ref(), &args, None, site);
        args
    }

    /// [`emit_topic`](Self::emit_topic), and says where from.
    #[track_caller]
    pub fn emit_topic_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> Args {
        let origin = origin.into_key().into();
        let site = Location::caller();
        self.core()
            .emit_topic(topic.as_ref(), &args, Some(&origin), site);
        args
    }

    /// [`emit_topic`](Self::emit_topic), and tells what became of the event.
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_topic(
        &self,
        topic: impl AsRef<str>,
        args: Args,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let site = Location::caller();
        self.core().try_emit_topic(topic.as_ref(), args, None, site)
    }

    /// Puts the event into this registry's queue, and returns at once; see [`Event::enqueue`].
    ///
    /// # Errors
    ///
    /// When the queue is full or shut down; the event is in the error.
    #[inline]
    #[track_caller]
    pub fn enqueue<E: OwnedEvent + Send>(&self, event: E) -> Result<(), QueueFull<E>> {
        self.core().enqueue(event, None, Location::caller())
    }

    /// [`enqueue`](Self::enqueue), and says where from.
    ///
    /// # Errors
    ///
    /// As `enqueue`.
    #[track_caller]
    pub fn enqueue_from<E: OwnedEvent + Send, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<(), QueueFull<E>> {
        let origin = Some(origin.into_key().into());
        self.core().enqueue(event, origin, Location::caller())
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

struct Emit<'a>(&'a Core, Option<&'a Origin>, Site);

impl<F: Family> Visit<F> for Emit<'_> {
    type Output = ();

    #[inline]
    fn visit(self, event: &mut F::Of<'_>) {
        self.0.emit::<F>(event, self.1, self.2);
    }
}

struct TryEmit<'a>(&'a Core, Option<&'a Origin>, Site);

impl<F: Family> Visit<F> for TryEmit<'_> {
    type Output = Outcome;

    fn visit(self, event: &mut F::Of<'_>) -> Outcome {
        self.0.try_emit::<F>(event, self.1, self.2)
    }
}
