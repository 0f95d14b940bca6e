//! Events that were enqueued, on their way into the queue and out of it.

use std::{
    pin::Pin,
    task::{Poll, Waker},
};

use super::{
    context::{Sending, Site},
    defer::why,
    dispatch,
    run_all::{self, Telling},
};
use crate::{
    background::{Part, Trail, Trailing},
    context::{Level, log},
    event::{OwnedEvent, Typed},
    handler::{Call, Erased},
    metadata::Origin,
    plan::Plan,
    queue::{Ended, Handling, InTurn, Left, Note, QueueOwner, Refused, Running, Started, push},
    registry::{Core, EventQueue, Way},
    result::{Failures, QueueFull, Told},
};

/// An event, and where it comes from. Most have nothing to say of that, and wait as they are.
struct Noted<E> {
    event: E,
    note: Box<Note>,
}

impl Core {
    /// Puts an event into the queue.
    #[inline]
    pub(crate) fn enqueue<E: OwnedEvent + Send>(
        &self,
        mut event: E,
        origin: Option<Origin>,
        site: Site,
    ) -> Result<(), QueueFull<E>> {
        if self.keeps(&mut event, origin.as_ref(), site, Way::Enqueue) {
            return Ok(());
        }
        enqueue(self.queue(), event, origin)
    }
}

/// Puts an event into the queue.
#[inline]
fn enqueue<E: OwnedEvent + Send>(
    queue: &EventQueue,
    event: E,
    origin: Option<Origin>,
) -> Result<(), QueueFull<E>> {
    match Note::of_enqueued(origin) {
        None => {
            let handling: &Handling<Core> = const {
                &Handling {
                    start: start::<E>,
                    take: take::<E>,
                }
            };
            push(queue, handling, event).map_err(|refused| full(refused, |event| event))
        }
        Some(note) => enqueue_noted(queue, Noted { event, note }),
    }
}

#[cold]
#[inline(never)]
fn enqueue_noted<E: OwnedEvent + Send>(
    queue: &EventQueue,
    noted: Noted<E>,
) -> Result<(), QueueFull<E>> {
    let handling: &Handling<Core> = const {
        &Handling {
            start: start_noted::<E>,
            take: take_noted::<E>,
        }
    };
    push(queue, handling, noted).map_err(|refused| full(refused, |noted| noted.event))
}

#[cold]
fn full<T, E: OwnedEvent>(refused: Refused<T>, event: impl FnOnce(T) -> E) -> QueueFull<E> {
    QueueFull::new(event(refused.item), E::topic(), why(&refused.why))
}

fn start<E: OwnedEvent + Send>(popped: InTurn<'_, Core>, core: &Core, waker: &Waker) -> Started {
    let Some(mut event) = popped.take() else {
        return Started::Nothing;
    };
    let failures = Failures::new();
    let plain = core.slot_asked::<E>().is_some_and(|slot| {
        let event = Erased::new::<E>(&mut event);
        dispatch::emit_plain(slot, event, core.sending::<E>(None), &failures)
    });
    if plain {
        return Started::Done(Ended::of(failures));
    }
    start_all(event, None, core, waker)
}

fn start_noted<E: OwnedEvent + Send>(
    popped: InTurn<'_, Core>,
    core: &Core,
    waker: &Waker,
) -> Started {
    match popped.take() {
        Some(Noted { event, note }) => start_all::<E>(event, Some(note), core, waker),
        None => Started::Nothing,
    }
}

fn take<E: OwnedEvent + Send>(popped: InTurn<'_, Core>) -> Option<Left> {
    Some(left::<E>(popped.take()?, None))
}

fn take_noted<E: OwnedEvent + Send>(popped: InTurn<'_, Core>) -> Option<Left> {
    let Noted { event, note } = popped.take()?;
    Some(left::<E>(event, note.origin))
}

fn left<E: OwnedEvent + Send>(event: E, origin: Option<Origin>) -> Left {
    Left {
        info: E::info(),
        origin,
        event: Box::new(event),
        unfinished: None,
    }
}

/// Runs an event up to where it has to wait, with all that may be to it.
#[inline(never)]
fn start_all<E: OwnedEvent + Send>(
    event: E,
    note: Option<Box<Note>>,
    core: &Core,
    waker: &Waker,
) -> Started {
    let inside = note.as_ref().map(|note| note.enter(core.queue_id()));
    let origin = note.as_ref().and_then(|note| note.origin.as_ref());
    let sending = core.sending::<E>(origin);
    let mut event = Some(event);
    let failures = Failures::new();
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
        log::refusal(&refusal);
    }
    let ended = Ended::of(failures);
    match begun {
        None => Started::Done(ended),
        Some((trail, polled)) => Running::new(trail, note).begun(polled, ended),
    }
}

/// Runs the chain, and begins the handlers that run later.
#[inline(never)]
fn trail<E: OwnedEvent + Send>(
    event: E,
    plan: &Plan,
    level: &Level,
    sending: Sending<'_>,
    failures: &Failures,
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
    let polled = run_all::begin(pinned, plan, level, sending, Part::All, telling, waker);
    (trail, polled)
}
