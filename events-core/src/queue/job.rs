//! What waits in a queue, and how it is run: an event that was enqueued (`enqueued`), or the copy of
//! one that was emitted, for those of its handlers that run later.

use std::{
    any::Any,
    pin::Pin,
    ptr,
    sync::Arc,
    task::{Poll, Waker},
};

use tracing::{Span, span::Entered};

use super::bounded_queue::{Popped, Refused, Store};
use crate::{
    background::Trail,
    context::{EmissionId, InJob, Job, depth, id as emission_id, log, parent as parent_id},
    emit::dispatch,
    metadata::{EventInfo, Origin, SubscriberInfo},
    registry::Core,
    result::Failures,
};

/// The queue of a registry.
pub(crate) type Waiting = Store<&'static Handling>;

/// The item whose turn it is.
pub(crate) type InTurn<'s> = Popped<'s, &'static Handling>;

/// What can be done with an item whose type is forgotten.
pub(crate) struct Handling {
    /// Runs it, up to where it has to wait.
    pub(crate) start: fn(InTurn<'_>, &Core, &Waker) -> Started,
    /// Takes it out.
    pub(crate) take: fn(InTurn<'_>) -> Option<Left>,
}

impl Core {
    /// Until this is dropped, what runs comes out of the queue.
    pub(crate) fn enter_queue(&self) -> InJob {
        enter(self.queue(), None)
    }

    /// Runs what was popped, up to where it has to wait. The queue has been entered.
    #[inline]
    pub(crate) fn start(&self, popped: InTurn<'_>, waker: &Waker) -> Started {
        let handling = popped.kind();
        (handling.start)(popped, self, waker)
    }

    /// Takes the next one out of the queue, without running it.
    pub(crate) fn take_next(&self) -> Option<Left> {
        let popped = self.queue().pop()?;
        let handling = popped.kind();
        (handling.take)(popped)
    }
}

/// How far an item came; so small that it stays in registers.
pub(crate) enum Started {
    /// There was none.
    Nothing,
    /// All its handlers are through.
    Done(Ended),
    /// Some wait.
    Waits(Box<Running>),
}

/// What became of an item.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ended {
    /// How many handlers failed; each is logged already.
    pub(crate) failures: usize,
}

impl Ended {
    /// With these failures, which are logged.
    #[inline]
    pub(crate) fn of(failures: Failures) -> Self {
        let mut failures = failures.into_inner();
        let ended = Self {
            failures: failures.get().map_or(0, Vec::len),
        };
        log::failures(&mut failures);
        ended
    }
}

/// An event that was not run to its end.
pub(crate) struct Left {
    pub(crate) info: &'static EventInfo,
    pub(crate) origin: Option<Origin>,
    pub(crate) event: Box<dyn Any + Send>,
    /// The handlers that are not through; `None` when none was begun, of all handlers.
    pub(crate) unfinished: Option<Vec<Arc<SubscriberInfo>>>,
}

impl Left {
    /// Logs that it was begun and will not be finished, unless somebody does.
    pub(crate) fn record(&self) {
        let unfinished: Vec<_> = self
            .unfinished
            .iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        tracing::error!(
            target: "events_core",
            topic = self.info.topic(),
            unfinished = unfinished.join(", "),
            "who ran the queue went away in the middle of an event; Queue::shutdown hands it back",
        );
    }
}

/// A copy of an event that was emitted, on its way through handlers that run later.
pub(crate) struct Copied {
    trail: Pin<Box<dyn Trail>>,
    note: Box<Note>,
}

/// Where an item comes from.
#[derive(Default)]
pub(crate) struct Note {
    pub(crate) origin: Option<Origin>,
    /// The span in which it was put here.
    span: Option<Span>,
    /// The emission in which it was put here.
    parent: Option<EmissionId>,
}

impl Note {
    /// Of an event that is enqueued. Most have nothing to say of where they come from.
    #[inline]
    pub(crate) fn of_enqueued(origin: Option<Origin>) -> Option<Box<Self>> {
        if origin.is_none() && depth() == 0 && !dispatch::is_traced() {
            return None;
        }
        Self::of_noted(origin)
    }

    #[cold]
    #[inline(never)]
    fn of_noted(origin: Option<Origin>) -> Option<Box<Self>> {
        let around = depth() > 0;
        let span = span();
        if origin.is_none() && span.is_none() && !around {
            return None;
        }
        Some(Box::new(Self {
            origin,
            span,
            parent: around.then(emission_id),
        }))
    }

    /// Of a copy: it belongs to the emission that is under way.
    pub(crate) fn of_emit() -> Box<Self> {
        Box::new(Self {
            origin: None,
            span: span(),
            parent: parent_id(),
        })
    }

    /// What runs until this is dropped came from here, out of the queue.
    pub(crate) fn enter(&self, queue: &Waiting) -> (Option<Entered<'_>>, InJob) {
        let job = enter(queue, self.parent);
        (self.span.as_ref().map(Span::enter), job)
    }
}

/// The span that the caller is in, when anybody looks at spans.
fn span() -> Option<Span> {
    let traced = dispatch::is_traced();
    traced.then(Span::current).filter(|span| !span.is_none())
}

/// What runs until this is dropped came out of the queue, and was put there in that emission.
fn enter(queue: &Waiting, parent: Option<EmissionId>) -> InJob {
    Job {
        queue: address(queue),
        parent,
    }
    .enter()
}

fn address(queue: &Waiting) -> *const () {
    ptr::from_ref(queue).cast()
}

/// Whether this is called by something that runs out of that queue, on this thread.
pub(crate) fn is_inside(queue: &Waiting) -> bool {
    Job::innermost().is_some_and(|job| job.queue == address(queue))
}

impl Copied {
    pub(crate) fn new(trail: Pin<Box<dyn Trail>>) -> Self {
        let note = Note::of_emit();
        Self { trail, note }
    }

    /// Puts it into the queue.
    pub(crate) fn push(self, queue: &Waiting) -> Result<(), Refused<Self>> {
        const HANDLING: &Handling = &Handling {
            start: Copied::start,
            take: Copied::take,
        };
        push(queue, HANDLING, self)
    }

    pub(crate) fn into_trail(self) -> Pin<Box<dyn Trail>> {
        self.trail
    }

    fn start(popped: InTurn<'_>, core: &Core, waker: &Waker) -> Started {
        let Some(Self { trail, note }) = popped.take() else {
            return Started::Nothing;
        };
        let mut running = Running::new(trail, Some(note));
        match running.poll(core, waker) {
            Poll::Ready(ended) => Started::Done(ended),
            Poll::Pending => Started::Waits(Box::new(running)),
        }
    }

    fn take(popped: InTurn<'_>) -> Option<Left> {
        let Self { trail, note } = popped.take()?;
        Running::new(trail, Some(note)).stop()
    }
}

/// An event out of the queue, of which some handlers wait.
pub(crate) struct Running {
    trail: Pin<Box<dyn Trail>>,
    note: Option<Box<Note>>,
    ended: Ended,
}

impl Running {
    pub(crate) fn new(trail: Pin<Box<dyn Trail>>, note: Option<Box<Note>>) -> Self {
        let ended = Ended::default();
        Self { trail, note, ended }
    }

    /// How far it came, after it was polled a first time, and so much had failed before that.
    pub(crate) fn begun(mut self, polled: Poll<()>, before: Ended) -> Started {
        self.ended = before;
        match polled {
            Poll::Ready(()) => Started::Done(self.end()),
            Poll::Pending => Started::Waits(Box::new(self)),
        }
    }

    /// Goes on; ready when all handlers are through.
    pub(crate) fn poll(&mut self, core: &Core, waker: &Waker) -> Poll<Ended> {
        let inside = match &self.note {
            Some(note) => note.enter(core.queue()),
            None => (None, enter(core.queue(), None)),
        };
        let polled = self.trail.as_mut().poll(waker);
        drop(inside);
        polled.map(|()| self.end())
    }

    fn end(&mut self) -> Ended {
        let failures = self.trail.as_mut().told().into_failures();
        for failure in failures {
            self.ended.failures += 1;
            log::failure(failure);
        }
        self.ended
    }

    /// Drops the handlers that wait.
    pub(crate) fn stop(mut self) -> Option<Left> {
        let (info, unfinished) = (self.trail.info()?, self.trail.unfinished());
        let (event, origin) = self.trail.as_mut().stop()?;
        Some(Left {
            info,
            origin,
            event,
            unfinished: Some(unfinished),
        })
    }
}

pub(crate) fn push<T: Send + 'static>(
    queue: &Waiting,
    handling: &'static Handling,
    item: T,
) -> Result<(), Refused<T>> {
    queue.push(handling, item, is_inside(queue)).inspect_err(|refused| {
        if refused.unattended {
            tracing::warn!(
                target: "events_core",
                capacity = queue.capacity(),
                "the queue is full, and nothing empties it; call registry().queue().flush() now and \
                 then, or have a worker do it: registry().queue().spawn_thread()",
            );
        }
    })
}
