//! The tail of a plan: the handlers that run when the chain of sync ones is through, beside one
//! another or out of the queue.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    thread,
};

use super::{background_run::Trail, starter::Turns};
use crate::{
    context::EmissionId,
    handler::{Call, Lent, Source, Wired},
    metadata::SubscriberInfo,
};

/// A handler as its slot keeps it.
#[derive(Clone)]
pub(crate) enum Hand {
    /// It runs when its turn comes, and may change the event.
    Now(Wired),
    /// It runs afterwards, and reads.
    Later(Arc<dyn Later>),
}

/// A handler that runs when the sync ones are through; which events it takes is forgotten.
pub(crate) trait Later: Send + Sync {
    /// Asks its filters, once for each emit. They are code of the user's.
    fn wants(&self, event: Lent<'_>, source: &Source<'_>) -> bool;

    /// Begins, with the event lent for as long as it takes, and has the next one begin. Its filters are
    /// asked if they are to be.
    fn begin<'s>(&'s self, turns: &mut Turns<'_, 's>);

    /// A copy of the event on its way through some handlers of a tail in which this one is, too.
    /// Copying is code of the user's. `None` when it is an event of another type.
    fn copy(&self, event: Lent<'_>, errand: Errand) -> Option<Pin<Box<dyn Trail>>>;
}

/// What is to be done with a copy.
pub(crate) struct Errand {
    pub(crate) tail: Arc<Tail>,
    pub(crate) selected: Vec<usize>,
    pub(crate) call: Call,
    /// The emission that the copy belongs to.
    pub(crate) id: EmissionId,
}

/// The handlers of one event type that run later, in the order in which they are begun.
pub(crate) struct Tail {
    handlers: Box<[Arc<dyn Later>]>,
    subscribers: Box<[Arc<SubscriberInfo>]>,
    /// Whether some go through the queue even when the emitter waits for the others.
    defers: bool,
    /// Who begins when whom has ended: the second of each pair when the first has.
    waits: Box<[(usize, usize)]>,
}

/// Which handlers of a tail are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// Those that go through the queue even when the emitter waits for the others.
    Deferred,
    /// The others.
    Async,
}

impl Tail {
    pub(crate) fn new(
        handlers: Box<[Arc<dyn Later>]>,
        subscribers: Box<[Arc<SubscriberInfo>]>,
        waits: Box<[(usize, usize)]>,
    ) -> Self {
        Self {
            handlers,
            defers: subscribers.iter().any(|subscriber| subscriber.deferred),
            subscribers,
            waits,
        }
    }

    /// Whether one begins when another has ended.
    #[inline]
    pub(crate) fn has_waits(&self) -> bool {
        !self.waits.is_empty()
    }

    /// Whether that handler begins when one of those has ended.
    pub(crate) fn waits_for(&self, index: usize, mut any: impl FnMut(usize) -> bool) -> bool {
        let mut waits = self.waits.iter();
        waits.any(|&(first, second)| second == index && any(first))
    }

    /// Whether a deferred one begins when one has ended that is not deferred.
    pub(crate) fn defers_last(&self) -> bool {
        let is_deferred = |index: usize| self.subscribers[index].deferred;
        let mut waits = self.waits.iter();
        waits.any(|&(first, second)| is_deferred(second) && !is_deferred(first))
    }

    /// Whether some go through the queue even when the emitter waits for the others.
    #[inline]
    pub(crate) fn defers(&self) -> bool {
        self.defers
    }

    pub(crate) fn len(&self) -> usize {
        self.handlers.len()
    }

    pub(crate) fn handlers(&self) -> &[Arc<dyn Later>] {
        &self.handlers
    }

    pub(crate) fn handler(&self, index: usize) -> &dyn Later {
        &*self.handlers[index]
    }

    pub(crate) fn subscribers(&self) -> &[Arc<SubscriberInfo>] {
        &self.subscribers
    }

    /// Whether that handler belongs to the part.
    #[inline]
    pub(crate) fn is_in(&self, index: usize, part: Part) -> bool {
        match part {
            Part::All => true,
            Part::Deferred => self.subscribers[index].deferred,
            Part::Async => !self.subscribers[index].deferred,
        }
    }

    /// Asks a handler's filters; the panic of one comes back.
    #[inline]
    pub(crate) fn wants(
        &self,
        index: usize,
        event: Lent<'_>,
        source: &Source<'_>,
    ) -> thread::Result<bool> {
        let handler = &self.handlers[index];
        catch_unwind(AssertUnwindSafe(|| handler.wants(event, source)))
    }
}
