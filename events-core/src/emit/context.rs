//! What an emit carries with it: its event type, origin, limits and queue; and the call of the interceptor.

use std::{
    any::{Any, TypeId},
    panic,
};

use crate::{
    event::{AnyEvent, Copied, Event, Family, Typed, Visit},
    metadata::{EventInfo, Location, Origin},
    primitives::drop_contained,
    registry::{Core, EventQueue, INTERCEPTED, Intercepted, Unheard, Viewer, Way},
};

/// An event on its way.
struct Passing<'p, E> {
    event: Typed<'p, &'p mut E>,
    site: Site,
    way: Way,
}

impl<E: Event> Intercepted for Passing<'_, E> {
    fn event(&self) -> &dyn AnyEvent {
        &self.event
    }

    fn family(&self) -> TypeId {
        TypeId::of::<E::Family>()
    }

    fn location(&self) -> Location {
        self.site.into()
    }

    fn way(&self) -> Way {
        self.way
    }

    fn copy(&self) -> Option<Copied> {
        self.event.event.__copy()
    }

    fn show(&mut self, viewer: &mut dyn Any) {
        if let Some(viewer) = viewer.downcast_mut::<Viewer<E::Family>>() {
            self.event.event.__lend(Show(viewer));
        }
    }
}

/// Shows an event to a viewer of its family.
struct Show<'v, F: Family>(&'v mut Viewer<F>);

impl<F: Family> Visit<F> for Show<'_, F> {
    type Output = ();

    fn visit(self, event: &mut F::Of<'_>) {
        self.0.view(event);
    }
}

/// Where an emitter stands.
pub(crate) type Site = &'static panic::Location<'static>;

/// What the emitter says of an emit.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'e> {
    pub(crate) info: &'static EventInfo,
    pub(crate) origin: Option<&'e Origin>,
    /// How many emits may be inside one another, and the hook for events that nobody hears.
    pub(crate) unheard: &'e Unheard,
    /// Where copies wait for the handlers that run later.
    pub(crate) queue: &'e EventQueue,
}

impl Core {
    #[inline]
    pub(crate) fn sending<'e, F: Family>(&'e self, origin: Option<&'e Origin>) -> Sending<'e> {
        Sending {
            info: F::declared().info,
            origin,
            unheard: self.unheard(),
            queue: self.queue(),
        }
    }

    /// Whether somebody intercepts.
    #[inline]
    pub(crate) fn is_intercepted(&self) -> bool {
        self.asks_for(INTERCEPTED)
    }

    /// Whether this event is kept from the subscribers.
    #[inline]
    pub(crate) fn keeps<E: Event>(
        &self,
        event: &mut E,
        origin: Option<&Origin>,
        site: Site,
        way: Way,
    ) -> bool {
        self.is_intercepted()
            && self.intercept(&mut Passing {
                event: Typed { event, origin },
                site,
                way,
            })
    }

    #[cold]
    #[inline(never)]
    fn intercept(&self, event: &mut dyn Intercepted) -> bool {
        let Some(interceptor) = self.interceptor().load_full() else {
            return false;
        };
        let keeps = interceptor.keeps(event);
        drop_contained(interceptor);
        keeps
    }
}
