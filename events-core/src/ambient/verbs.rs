//! Emitting on the current registry: where the derive's verbs arrive.

use super::current::{DEFAULT, entered, is_scoped, registry};
use crate::{
    event::{Event, Family},
    words::{EmitError, Emitted, Origin},
};

/// What [`Event::emit`] does.
#[doc(hidden)]
#[inline]
pub fn emit<F: Family>(event: &mut F::Of<'_>, origin: Option<&Origin>) {
    if is_scoped() {
        emit_scoped::<F>(event, origin);
    } else {
        DEFAULT.emit_home::<F>(event, origin);
    }
}

#[cold]
#[inline(never)]
fn emit_scoped<F: Family>(event: &mut F::Of<'_>, origin: Option<&Origin>) {
    match entered() {
        Some(registry) => registry.core().emit::<F>(event, origin),
        None => DEFAULT.emit_home::<F>(event, origin),
    }
}

/// What [`Event::try_emit`] does.
#[doc(hidden)]
pub fn try_emit<E: Event>(event: E, origin: Option<&Origin>) -> Result<Emitted<E>, EmitError<E>> {
    match entered() {
        Some(registry) => registry.try_emit_with(event, origin),
        None => registry().try_emit_with(event, origin),
    }
}

/// [`Event::emit`] without moving a large event.
///
/// ```
/// use events_core::{Event, emit_mut, Registry};
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
pub fn emit_mut<E: Event>(event: &mut E) {
    event.__emit(None);
}
