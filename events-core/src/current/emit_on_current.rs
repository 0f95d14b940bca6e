//! Emitting to the current registry: the backend of the methods that `#[derive(Event)]` writes.

use std::panic::Location;

use super::{
    default_registry::DEFAULT,
    scope::{registry, registry_if},
};
use crate::{
    emit::{
        CallSite, MovesIntoUnit, Scheduled,
        emit_async::{EmitAsync, TryEmitAsync},
    },
    event::{Build, EmitBackend, Event, Family, OwnedEvent, Visit},
    metadata::{Origin, When},
    registry::{Core, Current, current, is_default_current, is_scoped},
    result::{EmitError, Emitted, QueueFull},
    unit::is_in_unit_of_scope,
};

/// The backend that emits to the current registry.
#[doc(hidden)]
#[derive(Debug)]
pub enum CurrentRegistry {}

impl EmitBackend for CurrentRegistry {
    type EmitAsync<E: Event> = EmitAsync<E>;
    type TryEmitAsync<E: Event> = TryEmitAsync<E>;
    type Scheduled<E: Event> = Scheduled<E>;

    #[inline]
    fn __emit_async<E: Event>(event: E, origin: Option<Origin>) -> EmitAsync<E> {
        let is_scoped = is_scoped();
        let registry = registry_if(is_scoped);
        EmitAsync::new(registry, is_scoped, event, origin, Location::caller())
    }

    fn __try_emit_async<E: Event>(event: E, origin: Option<Origin>) -> TryEmitAsync<E> {
        let is_scoped = is_scoped();
        let registry = registry_if(is_scoped);
        TryEmitAsync::new(registry, is_scoped, event, origin, Location::caller())
    }

    #[inline]
    fn __enqueue<E>(event: E, origin: Option<Origin>) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        let site = Location::caller();
        with_core(|core| core.enqueue(event, origin, site))
    }

    fn __schedule<E>(
        event: E,
        origin: Option<Origin>,
        when: When,
    ) -> Result<Scheduled<E>, QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        registry().schedule(event, origin, when, Location::caller())
    }

    #[inline(always)]
    fn __emit<E: Event>(event: &mut E, origin: Option<&Origin>) {
        event.__lend(EmitVisitor(origin, Location::caller()));
    }

    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>> {
        let site = Location::caller();
        with_core(|core| core.try_emit_with(event, origin, site))
    }

    #[inline]
    fn __has_subscribers<E: Event>() -> bool {
        if is_scoped() {
            with_core(|core| core.has_subscribers::<E::Family>(None))
        } else {
            DEFAULT.default_has_subscribers::<E::Family>(None)
        }
    }
}

/// The body of `emit_async` of all derived builders. It is not in `event::finish`, as those of the other methods are,
/// because it names the type of the future, which compiles faster than the associated type of the backend.
#[doc(hidden)]
#[inline]
#[track_caller]
pub fn finish_async<E: Event>(builder: impl Build<Event = E>) -> EmitAsync<E> {
    CurrentRegistry::__emit_async(builder.build(), None)
}

/// [`CurrentRegistry`] for the generic events of this crate, which `events-testing` distinguishes by it: their
/// type parameter has no bound, so they are not cloned when they are emitted.
#[doc(hidden)]
#[derive(Debug)]
pub enum BuiltinBackend<const CAN_BE_VETOED: bool> {}

/// That of events that cannot be vetoed.
pub(crate) type BuiltinOnCurrent = BuiltinBackend<false>;

/// That of events whose emitter reads the vetoes.
pub(crate) type BuiltinCheckOnCurrent = BuiltinBackend<true>;

#[diagnostic::do_not_recommend]
impl MovesIntoUnit for CurrentRegistry {}

#[diagnostic::do_not_recommend]
impl MovesIntoUnit for BuiltinOnCurrent {}

impl<const CAN_BE_VETOED: bool> EmitBackend for BuiltinBackend<CAN_BE_VETOED> {
    type EmitAsync<E: Event> = EmitAsync<E>;
    type TryEmitAsync<E: Event> = TryEmitAsync<E>;
    type Scheduled<E: Event> = Scheduled<E>;

    #[inline]
    fn __emit_async<E: Event>(event: E, origin: Option<Origin>) -> EmitAsync<E> {
        CurrentRegistry::__emit_async(event, origin)
    }

    #[inline]
    fn __try_emit_async<E: Event>(event: E, origin: Option<Origin>) -> TryEmitAsync<E> {
        CurrentRegistry::__try_emit_async(event, origin)
    }

    #[inline]
    fn __enqueue<E>(event: E, origin: Option<Origin>) -> Result<(), QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        CurrentRegistry::__enqueue(event, origin)
    }

    fn __schedule<E>(
        event: E,
        origin: Option<Origin>,
        when: When,
    ) -> Result<Scheduled<E>, QueueFull<E>>
    where
        E: OwnedEvent + Send,
    {
        CurrentRegistry::__schedule(event, origin, when)
    }

    #[inline(always)]
    fn __emit<E: Event>(event: &mut E, origin: Option<&Origin>) {
        CurrentRegistry::__emit(event, origin);
    }

    #[inline]
    fn __try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>> {
        CurrentRegistry::__try_emit(event, origin)
    }

    #[inline]
    fn __has_subscribers<E: Event>() -> bool {
        CurrentRegistry::__has_subscribers::<E>()
    }
}

/// Calls `f` with the core of the current registry.
#[inline]
fn with_core<T>(f: impl FnOnce(&Core) -> T) -> T {
    // Not `current` alone, which is a call.
    let scoped = if is_scoped() { Some(current()) } else { None };
    f(match &scoped {
        None | Some(Current::Default) => &DEFAULT,
        Some(Current::Scope(registry)) => registry.core(),
        Some(Current::Emit(registry)) => registry.core(),
    })
}

/// Emits the event that it visits.
struct EmitVisitor<'o>(Option<&'o Origin>, CallSite);

impl<'s, F: Family> Visit<'s, F> for EmitVisitor<'_> {
    type Output = ();

    #[inline]
    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) {
        if is_scoped() {
            emit_scoped::<F>(event, self.0, self.1);
        } else {
            DEFAULT.emit_default::<F>(event, self.0, self.1, false);
        }
    }
}

#[cold]
#[inline(never)]
fn emit_scoped<F: Family>(event: &mut F::Of<'_>, origin: Option<&Origin>, site: CallSite) {
    if is_default_current() {
        DEFAULT.emit_default::<F>(event, origin, site, is_in_unit_of_scope());
    } else {
        with_core(|core| core.emit::<F>(event, origin, site));
    }
}

/// As [`Event::emit`], without moving the event, which matters for large ones.
///
/// ```
/// use events_core::{Event, Registry, emit_mut};
///
/// #[derive(Event)]
/// struct Frame([u8; 4096]);
///
/// let registry = Registry::new();
/// registry.on(|frame: &mut Frame| frame.0[0] = 7).detach();
/// let _scope = registry.enter();
///
/// let mut frame = Frame([0; 4096]);
/// emit_mut(&mut frame);
/// assert_eq!(frame.0[0], 7);
/// ```
#[inline]
#[track_caller]
pub fn emit_mut<E: Event>(event: &mut E) {
    E::Backend::__emit(event, None);
}
