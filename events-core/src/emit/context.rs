//! The context of an emission: its event type, origin, depth limits and queue, and the span of an async one. Also the
//! call of the interceptor, which is called before the subscribers and may withhold the event from them.

use std::{
    any::{Any, TypeId},
    panic,
};

use crate::{
    context::{CatchSpan, log, records_spans},
    event::{AnyEvent, BoxedEvent, Event, Family, TypedView, Visit},
    metadata::{EmitVerb, EventInfo, Location, Origin},
    primitives::{OptionBox, drop_catching},
    registry::{Core, EmitLimits, EventQueue, Intercepted, Viewer},
};

/// An event as the interceptor receives it.
struct InterceptedEvent<'p, E> {
    event: TypedView<'p, &'p mut E>,
    site: CallSite,
    verb: EmitVerb,
}

impl<E: Event> Intercepted for InterceptedEvent<'_, E> {
    fn event(&self) -> &dyn AnyEvent {
        &self.event
    }

    fn family(&self) -> TypeId {
        TypeId::of::<E::Family>()
    }

    fn location(&self) -> Location {
        self.site.into()
    }

    fn verb(&self) -> EmitVerb {
        self.verb
    }

    /// The arguments of a named event are not copied: a mock has no use for them.
    fn copy(&self) -> Option<BoxedEvent> {
        if self.event.event.__own_topic().is_some() {
            return None;
        }
        let clone_fn = E::Family::statics().clone_fn?;
        clone_fn(self.event.event.__owned()?)?.into_any().ok()
    }

    fn show(&mut self, viewer: &mut dyn Any) {
        if let Some(viewer) = viewer.downcast_mut::<Viewer<E::Family>>() {
            self.event.event.__lend(CallViewer(viewer));
        }
    }
}

/// Calls a viewer with an event of its family.
struct CallViewer<'v, F: Family>(&'v mut Viewer<F>);

impl<'s, F: Family> Visit<'s, F> for CallViewer<'_, F> {
    type Output = ();

    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) {
        self.0.view(event);
    }
}

/// Where an event is emitted in the source.
pub(crate) type CallSite = &'static panic::Location<'static>;

/// What each step of an emission needs.
#[derive(Clone, Copy)]
pub(super) struct EmitContext<'e> {
    pub(super) info: &'static EventInfo,
    pub(super) origin: Option<&'e Origin>,
    /// The depth limits, and the hook for events that no subscriber received.
    pub(super) emit_limits: &'e EmitLimits,
    /// Where snapshots are queued for background handlers.
    pub(super) queue: &'e EventQueue,
}

/// The origin of an event that is emitted without one. For most types this is the constant `None`.
#[inline(always)]
pub(super) fn default_origin<F: Family>() -> Option<Origin> {
    <F::Of<'static> as Event>::__default_origin()
}

impl Core {
    #[inline]
    pub(super) fn emit_context<'e, F: Family>(
        &'e self,
        origin: Option<&'e Origin>,
    ) -> EmitContext<'e> {
        EmitContext {
            info: F::statics().info,
            origin,
            emit_limits: self.emit_limits(),
            queue: self.queue(),
        }
    }

    /// Whether there is an interceptor that withholds this event from the subscribers.
    #[inline]
    pub(super) fn withholds<E: Event>(
        &self,
        event: &mut E,
        origin: Option<&Origin>,
        site: CallSite,
        verb: EmitVerb,
    ) -> bool {
        self.is_intercepted()
            && self.intercept(&mut InterceptedEvent {
                event: TypedView { event, origin },
                site,
                verb,
            })
    }

    #[cold]
    #[inline(never)]
    fn intercept(&self, event: &mut dyn Intercepted) -> bool {
        let Some(interceptor) = self.interceptor().load_full() else {
            return false;
        };
        let withholds = interceptor.withholds(event);
        drop_catching(interceptor);
        withholds
    }
}

/// The span of the caller, for a first poll outside of any span.
#[cold]
pub(super) fn caller_span() -> OptionBox<CatchSpan> {
    CatchSpan::current().into()
}

/// Chooses the span that each poll enters: that of the emit if `tracing` records it, else its parent. The parent is the
/// span that polls the emit first, as that of `.instrument(span)`, or if there is none the caller's.
#[cold]
#[inline(never)]
pub(super) fn choose_span(span: &mut OptionBox<CatchSpan>, topic: &str, origin: Option<&Origin>) {
    let polling = CatchSpan::current();
    let parent = span.take().filter(|_| polling.is_none()).unwrap_or(polling);
    let chosen = if records_spans() {
        parent.in_scope(|| log::emit_span(topic, origin))
    } else {
        parent
    };
    *span = chosen.into();
}
