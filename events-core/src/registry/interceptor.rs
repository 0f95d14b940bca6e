//! Who sees each event of a registry before its subscribers do, and may keep it from them: a test.
//!
//! Emits that nobody intercepts pay nothing for it: while somebody does, no plain emit gets in, as
//! `unheard` describes, and each takes the way on which this is asked.

use std::{
    any::{Any, TypeId},
    fmt, panic,
    sync::Arc,
};

use arc_swap::ArcSwapOption;

use super::{
    core::{Core, INTERCEPTED},
    handle::Registry,
};
use crate::{
    event::{AnyEvent, Copied, Event, Typed},
    metadata::{Location, Origin},
    result::drop_contained,
};

/// Where an emitter stands.
pub(crate) type Site = &'static panic::Location<'static>;

/// Sees each event before the subscribers do.
pub trait Interceptor: Any + fmt::Debug + Send + Sync {
    /// Whether the event is kept from the subscribers. Called on the emitter's thread, with no lock
    /// held.
    fn keeps(&self, event: &mut dyn Intercepted) -> bool;
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
    fn way(&self) -> Way;

    /// A copy of it, when it can be copied.
    fn copy(&self) -> Option<Copied>;

    /// Runs the subscribers of another registry, for those who know the type.
    fn show(&mut self, registry: &Registry);
}

/// By which kind of verb an event is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `emit`, `try_emit`, `emit_topic`.
    Emit,
    /// `emit_async`, `try_emit_async`.
    EmitAsync,
    /// `enqueue`.
    Enqueue,
}

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

    fn show(&mut self, registry: &Registry) {
        registry.emit_mut(self.event.event);
    }
}

/// The one who intercepts, if there is one. Twice shared, for what is exchanged is one word.
pub(crate) type Intercepting = ArcSwapOption<Arc<dyn Interceptor>>;

impl Core {
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

impl Registry {
    /// Has this one asked before the subscribers of each event.
    pub(crate) fn set_interceptor(&self, interceptor: Option<Arc<dyn Interceptor>>) {
        let core = self.core();
        let is_there = interceptor.is_some();
        let writer = core.writer();
        let old = core.interceptor().swap(interceptor.map(Arc::new));
        core.unheard().set_intercepted(is_there);
        if is_there {
            core.ask_for(INTERCEPTED);
        } else {
            core.ask_no_more_for(INTERCEPTED);
        }
        drop(writer);
        drop_contained(old);
    }

    /// Who is asked before the subscribers.
    pub(crate) fn interceptor(&self) -> Option<Arc<dyn Interceptor>> {
        let interceptor = self.core().interceptor().load_full();
        interceptor.map(|interceptor| Arc::clone(&*interceptor))
    }
}
