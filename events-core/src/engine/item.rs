//! What waits in a queue, and how it is run: an event that was enqueued, or the copy of one that was
//! emitted, for those of its handlers that run later.

use std::{
    any::Any,
    cell::RefCell,
    pin::Pin,
    ptr,
    sync::Arc,
    task::{Poll, Waker},
};

use tracing::{Span, span::Entered};

use super::{
    core::Core,
    dispatch::{self, Sending},
    hand_over::why,
    store::{Popped, Refused, Store},
    through::{self, Telling},
};
use crate::{
    event::{OwnedEvent, Typed},
    handler::{
        Call, EmissionId, Erased, InJob, Job, Level, Part, Plan, Trail, Trailing, depth,
        emission_id, parent_id, record,
    },
    words::{EventInfo, Failure, Origin, QueueFull, Rare, SubscriberInfo, Told},
};

/// The queue of a registry.
pub(crate) type Waiting = Store<&'static Handling>;

/// What can be done with an item whose type is forgotten.
pub(crate) struct Handling {
    /// Runs it, up to where it has to wait.
    start: fn(Popped<'_, &'static Self>, &Core, &Waker) -> Started,
    /// Takes it out.
    take: fn(Popped<'_, &'static Self>) -> Option<Left>,
}

impl Core {
    /// Until this is dropped, what runs comes out of the queue.
    pub(crate) fn enter_queue(&self) -> InJob {
        enter(self.queue(), None)
    }

    /// Runs what was popped, up to where it has to wait. The queue has been entered.
    #[inline]
    pub(crate) fn start(&self, popped: Popped<'_, &'static Handling>, waker: &Waker) -> Started {
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

/// An event that was enqueued.
struct Item<E> {
    event: E,
    /// Most events have nothing to say of themselves.
    note: Rare<Note>,
}

/// A copy of an event that was emitted, on its way through handlers that run later.
pub(super) struct Copied {
    trail: Pin<Box<dyn Trail>>,
    note: Rare<Note>,
}

/// Where an item comes from.
#[derive(Default)]
pub(super) struct Note {
    origin: Option<Origin>,
    /// The span in which it was put here.
    span: Option<Span>,
    /// The emission in which it was put here.
    parent: Option<EmissionId>,
}

impl Note {
    /// Of an event that is enqueued.
    #[inline]
    fn of_enqueued(origin: Option<Origin>) -> Rare<Self> {
        if origin.is_none() && depth() == 0 && !dispatch::is_traced() {
            return Rare::NONE;
        }
        Self::of_noted(origin)
    }

    #[cold]
    #[inline(never)]
    fn of_noted(origin: Option<Origin>) -> Rare<Self> {
        let around = depth() > 0;
        let span = span();
        if origin.is_none() && span.is_none() && !around {
            return Rare::NONE;
        }
        Rare::from(Self {
            origin,
            span,
            parent: around.then(emission_id),
        })
    }

    /// Of a copy: it belongs to the emission that is under way.
    pub(super) fn of_emit() -> Rare<Self> {
        Rare::from(Self {
            origin: None,
            span: span(),
            parent: parent_id(),
        })
    }

    /// What runs until this is dropped came from here, out of the queue.
    fn enter(&self, queue: &Waiting) -> (Option<Entered<'_>>, InJob) {
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

/// Puts an event into the queue.
pub(super) fn enqueue<E: OwnedEvent + Send>(
    queue: &Waiting,
    event: E,
    origin: Option<Origin>,
) -> Result<(), QueueFull<E>> {
    let note = Note::of_enqueued(origin);
    push(queue, Item::<E>::HANDLING, Item { event, note }).map_err(|refused| {
        let topic = E::topic();
        QueueFull::new(refused.item.event, topic, why(&refused.why))
    })
}

impl Copied {
    pub(super) fn new(trail: Pin<Box<dyn Trail>>) -> Self {
        let note = Note::of_emit();
        Self { trail, note }
    }

    /// Puts it into the queue.
    pub(super) fn push(self, queue: &Waiting) -> Result<(), Refused<Self>> {
        const HANDLING: &Handling = &Handling {
            start: Copied::start,
            take: Copied::take,
        };
        push(queue, HANDLING, self)
    }

    pub(super) fn into_trail(self) -> Pin<Box<dyn Trail>> {
        self.trail
    }

    fn start(popped: Popped<'_, &'static Handling>, core: &Core, waker: &Waker) -> Started {
        let Some(Self { trail, note }) = popped.take() else {
            return Started::Nothing;
        };
        let mut running = Running {
            trail,
            note,
            ended: Ended::default(),
        };
        match running.poll(core, waker) {
            Poll::Ready(ended) => Started::Done(ended),
            Poll::Pending => Started::Waits(Box::new(running)),
        }
    }

    fn take(popped: Popped<'_, &'static Handling>) -> Option<Left> {
        let Self { trail, note } = popped.take()?;
        let running = Running {
            trail,
            note,
            ended: Ended::default(),
        };
        running.stop()
    }
}

impl<E: OwnedEvent + Send> Item<E> {
    const HANDLING: &'static Handling = &Handling {
        start: Self::start,
        take: Self::take,
    };

    fn start(popped: Popped<'_, &'static Handling>, core: &Core, waker: &Waker) -> Started {
        // It stays where it is put here unless some handlers run later: an event may be large.
        let (mut event, note) = match popped.take() {
            Some(Self { event, note }) => (Some(event), note),
            None => return Started::Nothing,
        };
        // Without a note nothing is to be said but that it came out of the queue, which is said.
        let inside = note.get().map(|note| note.enter(core.queue()));
        let origin = note.get().and_then(|note| note.origin.as_ref());
        let sending = core.sending::<E>(origin);

        let mut failures = RefCell::new(Vec::new());
        let mut begun = None;
        let mut heard = false;
        let slot = core.slot_asked::<E>();
        let refused = dispatch::with_level(slot, sending, |plan, level| {
            if plan.tail().is_some() {
                let trail = |event| trail(event, plan, level, sending, &failures, waker);
                begun = event.take().map(trail);
            } else if let Some(event) = &mut event {
                let event = &mut Erased::new::<E>(event);
                heard = !dispatch::chain(plan, event, sending, Some(&failures)).is_unheard();
            }
        });
        if let Some(event) = event.as_ref().filter(|_| !heard && refused.is_ok()) {
            let unheard = core.unheard();
            if unheard.is_hooked() {
                unheard.tell(&Typed { event, origin });
            }
        }
        drop(inside);

        if let Err(refusal) = refused {
            record::refusal(&refusal);
        }
        let failures = failures.get_mut();
        let ended = Ended {
            failures: failures.len(),
        };
        if !failures.is_empty() {
            failures.drain(..).for_each(record::failure);
        }
        match begun {
            None => Started::Done(ended),
            Some((trail, polled)) => Running { trail, note, ended }.begun(polled),
        }
    }

    fn take(popped: Popped<'_, &'static Handling>) -> Option<Left> {
        let Self { event, mut note } = popped.take()?;
        Some(Left {
            info: E::info(),
            origin: note.take().and_then(|note| note.origin),
            event: Box::new(event),
            unfinished: None,
        })
    }
}

/// Runs the chain, and begins the handlers that run later. Apart from [`Item::start`], which most
/// often has none of these.
#[inline(never)]
fn trail<E: OwnedEvent + Send>(
    event: E,
    plan: &Plan,
    level: &Level,
    sending: Sending<'_>,
    failures: &RefCell<Vec<Failure>>,
    waker: &Waker,
) -> (Pin<Box<dyn Trail>>, Poll<()>) {
    let call = Call::new(E::info(), sending.origin.cloned());
    let mut trail = Box::pin(Trailing::new(event, call));
    let pinned = trail.as_mut();
    let told = &mut Told::default();
    let last = &mut None;
    let telling = Telling {
        told,
        failures,
        last,
    };
    let polled = through::begin(pinned, plan, level, sending, Part::All, telling, waker);
    (trail, polled)
}

/// An event out of the queue, of which some handlers wait.
pub(crate) struct Running {
    trail: Pin<Box<dyn Trail>>,
    note: Rare<Note>,
    ended: Ended,
}

impl Running {
    /// How far it came, after it was polled a first time.
    fn begun(mut self, polled: Poll<()>) -> Started {
        match polled {
            Poll::Ready(()) => Started::Done(self.end()),
            Poll::Pending => Started::Waits(Box::new(self)),
        }
    }

    /// Goes on; ready when all handlers are through.
    pub(crate) fn poll(&mut self, core: &Core, waker: &Waker) -> Poll<Ended> {
        let inside = match self.note.get() {
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
            record::failure(failure);
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

fn push<T: Send + 'static>(
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
