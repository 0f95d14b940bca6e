//! The builder of an emit with values, or in a unit of work that is named.

use std::{fmt, panic::Location, sync::Arc};

use super::{unit_of_call::values_in_unit, with_values::WithValues};
use crate::{
    context::{ValuesByType, give},
    emit::{
        context::CallSite,
        emit_async::{EmitAsync, TryEmitAsync},
        emit_sync::emit_with,
        topic::{EmitTopicAsync, TryEmitTopicAsync},
    },
    event::{Args, Event, TopicEvent},
    metadata::{IntoKey, Origin},
    plan::SubscriberId,
    registry::{Registry, enter_for_handlers, is_scoped},
    result::{EmitError, Emitted},
    unit::{EnteredUnit, UnitHandle},
};

impl Registry {
    /// An emit to this registry with values for the [parameters](crate::handlers::Param) of the subscribers:
    /// `registry.emitting().with(tenant).emit(event)`; or in a [unit of work](crate::UnitOfWork), with the event back:
    /// `registry.emitting().in_unit(&unit).emit(event)`.
    ///
    /// To emit to the current registry: `registry().emitting()`, with [`registry`](crate::registry()).
    ///
    /// Guide: [parameters of your own](crate::guide::subscribers#parameters-of-your-own).
    pub fn emitting(&self) -> Emitting {
        Emitting {
            registry: self.clone(),
            values: Arc::default(),
            origin: None,
            unit: None,
        }
    }
}

/// An emit with values for the parameters of the subscribers, or in a unit of work; returned by [`Registry::emitting`]. Each
/// emit of it gives the same values.
///
/// A parameter reads them with [`CallContext::get`](crate::handlers::CallContext::get), by their types. The subscribers of
/// this emission receive them: sync and awaited ones, and async ones of an async emit. What runs from the queue does not:
/// the values are those of the emitter, and the emit may have returned by then. A subscriber that emits in turn does not
/// pass them on.
///
/// The values are dropped with this builder, and with the future of an async emit; a subscriber that has not ended keeps
/// them until it has.
///
/// ```
/// use events_core::{
///     Event, Registry, failures::BoxError, subscriber, subscribers,
///     handlers::{CallContext, Param, Prepare, PrepareError},
/// };
///
/// /// The language of the user on whose behalf an event is emitted.
/// struct Locale(&'static str);
///
/// impl Param for &Locale {
///     type Kept = ();
///     type Held<'c> = &'c Locale;
///     type Item<'i> = &'i Locale;
///
///     fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
///         Ok(())
///     }
///
///     fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Locale, BoxError> {
///         Ok(call.get().unwrap_or(&Locale("en")))
///     }
///
///     fn item<'i, 'c: 'i>(held: &'i mut &'c Locale) -> &'i Locale {
///         held
///     }
/// }
///
/// #[derive(Event)]
/// struct Receipt(String);
///
/// #[subscriber]
/// fn thank(receipt: &mut Receipt, locale: &Locale) {
///     receipt.0.push_str(if locale.0 == "de" { "Danke!" } else { "Thank you!" });
/// }
///
/// let registry = Registry::with(subscribers![thank]);
/// let german = registry.emitting().with(Locale("de"));
/// assert_eq!(german.emit(Receipt(String::new())).0, "Danke!");
/// assert_eq!(smol::block_on(german.emit_async(Receipt(String::new()))).0, "Danke!");
/// assert_eq!(registry.emit(Receipt(String::new())).0, "Thank you!");
/// ```
#[derive(Clone)]
#[must_use = "nothing is emitted before `.emit(event)` or a similar method"]
pub struct Emitting {
    registry: Registry,
    values: Arc<ValuesByType>,
    origin: Option<Origin>,
    unit: Option<UnitHandle>,
}

impl Emitting {
    /// Gives a value. It replaces one of the same type.
    pub fn with<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        Arc::make_mut(&mut self.values).insert(Arc::new(value));
        self
    }

    /// Emits with an origin; see [`Event::emit_from`].
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        self.origin = Some(origin.into_key().into());
        self
    }

    /// Emits in this unit of work, as if it was [entered](UnitHandle::enter) for this emit: the unit holds a copy of the
    /// event for the subscribers that run later, if there are some. Without a copy, for an event of which the emitter needs
    /// nothing more: [`emit_in`](Self::emit_in), which is in the unit that it is given, and not in this one.
    ///
    /// It is how an event that can be vetoed is emitted in a transaction:
    ///
    /// ```
    /// use events_core::{Registry, UnitOfWork, record::Creating};
    ///
    /// struct User {
    ///     email: &'static str,
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_awaited(async |event: &mut Creating<User>| event.veto("it is taken")).detach();
    ///
    /// let work = UnitOfWork::begin();
    /// let user = Creating::new(User { email: "ada@example.com" });
    /// let in_unit = registry.emitting().in_unit(&work.handle());
    /// let event = smol::block_on(in_unit.emit_async(user));
    /// assert_eq!(event.veto_reason(), Some("it is taken"));
    /// work.rollback();
    /// ```
    pub fn in_unit(mut self, unit: &UnitHandle) -> Self {
        self.unit = Some(unit.clone());
        self.values = values_in_unit(unit, Some(&self.values));
        self
    }

    /// Enters the unit, if there is one.
    fn enter_unit(&self) -> Option<EnteredUnit> {
        self.unit.as_ref().map(UnitHandle::enter)
    }

    /// The registry, the values and the origin.
    pub(in crate::emit) fn parts(&self) -> (&Registry, &Arc<ValuesByType>, Option<&Origin>) {
        (&self.registry, &self.values, self.origin.as_ref())
    }

    /// Runs the subscribers and returns the event; see [`Event::emit`].
    #[track_caller]
    pub fn emit<E: Event>(&self, mut event: E) -> E {
        self.emit_mut(&mut event);
        event
    }

    /// [`emit`](Self::emit) without moving a large event.
    #[track_caller]
    pub fn emit_mut<E: Event>(&self, event: &mut E) {
        let site = Location::caller();
        let _in_unit = self.enter_unit();
        let _given = give(&self.values, E::topic());
        emit_with(&self.registry, event, self.origin.as_ref(), site);
    }

    /// Runs the subscribers and returns the event with the result of the emit; see [`Event::try_emit`].
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        let site = Location::caller();
        let _in_unit = self.enter_unit();
        let _given = give(&self.values, E::topic());
        let _current = enter_for_handlers(&self.registry);
        let core = self.registry.core();
        core.try_emit_with(event, self.origin.as_ref(), site)
    }

    /// Runs the sync subscribers and then the async ones; see [`Event::emit_async`].
    #[track_caller]
    pub fn emit_async<E: Event>(&self, event: E) -> WithValues<EmitAsync<E>> {
        let (registry, origin) = (self.registry.clone(), self.origin.clone());
        let _in_unit = self.enter_unit();
        let emit = EmitAsync::new(registry, is_scoped(), event, origin, Location::caller());
        WithValues::new(emit, Arc::clone(&self.values), E::topic())
    }

    /// [`emit_async`](Self::emit_async), which also returns the result of the emit; see [`Event::try_emit_async`].
    ///
    /// # Errors
    ///
    /// The output is an error when a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_async<E: Event>(&self, event: E) -> WithValues<TryEmitAsync<E>> {
        let (registry, origin) = (self.registry.clone(), self.origin.clone());
        let _in_unit = self.enter_unit();
        let emit = TryEmitAsync::new(registry, is_scoped(), event, origin, Location::caller());
        WithValues::new(emit, Arc::clone(&self.values), E::topic())
    }

    /// Emits to one durable subscriber alone.
    pub(crate) fn deliver_to<E: Event>(
        &self,
        number: SubscriberId,
        event: E,
        site: CallSite,
    ) -> WithValues<TryEmitAsync<E>> {
        let (registry, origin) = (self.registry.clone(), self.origin.clone());
        let _in_unit = self.enter_unit();
        let emit = TryEmitAsync::new(registry, is_scoped(), event, origin, site);
        WithValues::new(
            emit.for_durable(number),
            Arc::clone(&self.values),
            E::topic(),
        )
    }

    /// Emits a named event; see [`Registry::emit_topic`].
    #[track_caller]
    pub fn emit_topic(&self, topic: impl AsRef<str>, args: Args) -> Args {
        let site = Location::caller();
        let _in_unit = self.enter_unit();
        let _given = give(&self.values, TopicEvent::topic());
        let _current = enter_for_handlers(&self.registry);
        let core = self.registry.core();
        core.emit_topic(topic.as_ref(), args, self.origin.as_ref(), site)
    }

    /// [`emit_topic`](Self::emit_topic), which also returns the result of the emit.
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
        let _in_unit = self.enter_unit();
        let _given = give(&self.values, TopicEvent::topic());
        let _current = enter_for_handlers(&self.registry);
        let core = self.registry.core();
        core.try_emit_topic(topic.as_ref(), args, self.origin.as_ref(), site)
    }

    /// Emits a named event, and waits for the async subscribers; see [`Registry::emit_topic_async`].
    #[track_caller]
    pub fn emit_topic_async(
        &self,
        topic: impl AsRef<str>,
        args: Args,
    ) -> WithValues<EmitTopicAsync> {
        let (site, origin) = (Location::caller(), self.origin.clone());
        let _in_unit = self.enter_unit();
        let emit = EmitTopicAsync::new(&self.registry, topic.as_ref(), args, origin, site);
        WithValues::new(emit, Arc::clone(&self.values), TopicEvent::topic())
    }

    /// [`emit_topic_async`](Self::emit_topic_async), which also returns the result of the emit.
    ///
    /// # Errors
    ///
    /// The output is an error when a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_topic_async(
        &self,
        topic: impl AsRef<str>,
        args: Args,
    ) -> WithValues<TryEmitTopicAsync> {
        let (site, origin) = (Location::caller(), self.origin.clone());
        let _in_unit = self.enter_unit();
        let emit = TryEmitTopicAsync::new(&self.registry, topic.as_ref(), args, origin, site);
        WithValues::new(emit, Arc::clone(&self.values), TopicEvent::topic())
    }
}

impl fmt::Debug for Emitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitting")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
