//! What an async emission, or an event from the queue, needs to run through middleware.

use std::borrow::Cow;

use crate::{
    context::{EmissionState, EmitGuard, OwnSubscription, current_emission},
    emit::context::EmitContext,
    metadata::EventInfo,
    policy::{EmitDetails, EmitMiddleware, Entries, WrappedEmit},
    registry::Core,
    result::TooDeep,
};

/// The middleware around an async emission that is in progress.
pub(in crate::emit) struct WrappedAsync<S> {
    pub(in crate::emit) emit: WrappedEmit,
    /// How far the emission itself is.
    pub(in crate::emit) stage: S,
    /// Why the subscribers were refused.
    pub(in crate::emit) refusal: Option<Box<TooDeep>>,
    /// How many failures are logged already.
    pub(in crate::emit) logged: usize,
    /// Whether a middleware has cut the subscribers off.
    pub(in crate::emit) is_cut_off: bool,
}

/// Begins an emission with middleware around it, which creates its id. `emitted` is where and when an event from the queue
/// was enqueued, if that is known; such an event is not refused.
#[cold]
#[inline(never)]
pub(in crate::emit) fn begin(
    core: &Core,
    middlewares: Entries<dyn EmitMiddleware>,
    emit_context: EmitContext<'_>,
    own_topic: Option<&str>,
    of_queue: Option<Option<EmissionState>>,
) -> Result<(WrappedEmit, EmissionState), Box<TooDeep>> {
    let EmitContext {
        info,
        origin,
        emit_limits,
        site,
        ..
    } = emit_context;
    let guard = match of_queue {
        None => Some(EmitGuard::try_enter(info, emit_limits.limit(), site)?),
        // Not the limit of the registry: the driver has checked that before it took the job.
        Some(_) => EmitGuard::enter(info, crate::context::MAX_LIMIT, site),
    };
    if let (Some(Some(emitted)), Some(guard)) = (of_queue, &guard) {
        guard.set_emitted(emitted.site, emitted.time);
    }
    let topic = own_topic.map_or(Cow::from(info.topic()), |topic| topic.to_owned().into());
    let details = EmitDetails {
        emission: current_emission(topic, origin.cloned(), 1, OwnSubscription::default()),
        event: event_of(info, own_topic),
        is_from_queue: of_queue.is_some(),
        policy: Box::new(core.policy().clone()),
    };
    let mut state = EmissionState::new(site);
    if let Some(guard) = &guard {
        guard.store(&mut state);
    }
    Ok((WrappedEmit::new(details, middlewares, info, state), state))
}

/// The type of an event, unless it is a named event.
fn event_of(info: &'static EventInfo, own_topic: Option<&str>) -> Option<&'static EventInfo> {
    own_topic.is_none().then_some(info)
}
