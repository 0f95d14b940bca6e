//! Events that were enqueued, on their way into the queue and out of it.

use std::{
    cell::RefCell,
    pin::Pin,
    task::{Poll, Waker},
};

use super::{
    core::Core,
    dispatch::{self, Sending},
    hand_over::why,
    item::{Ended, Handling, InTurn, Left, Note, Running, Started, Waiting, push},
    store::Refused,
    through::{self, Telling},
};
use crate::{
    event::{OwnedEvent, Typed},
    handler::{Call, Erased, Level, Part, Plan, Trail, Trailing, record},
    words::{Failure, Origin, QueueFull, Told},
};

/// An event, and where it comes from. Most have nothing to say of that, and wait as they are.
struct Noted<E> {
    event: E,
    note: Box<Note>,
}

/// How an event ended of which no handlers run later, or how far it came of which some do.
enum Ran {
    Done(Ended),
    Begun(Ended, Pin<Box<dyn Trail>>, Poll<()>),
}

/// Puts an event into the queue.
#[inline]
pub(super) fn enqueue<E: OwnedEvent + Send>(
    queue: &Waiting,
    event: E,
    origin: Option<Origin>,
) -> Result<(), QueueFull<E>> {
    match Note::of_enqueued(origin) {
        None => {
            let handling: &Handling = const {
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
    queue: &Waiting,
    noted: Noted<E>,
) -> Result<(), QueueFull<E>> {
    let handling: &Handling = const {
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

fn start<E: OwnedEvent + Send>(popped: InTurn<'_>, core: &Core, waker: &Waker) -> Started {
    // It stays where it is put here unless some handlers run later: an event may be large.
    let Some(event) = popped.take() else {
        return Started::Nothing;
    };
    match run::<E>(&mut Some(event), None, None::<()>, core, waker) {
        Ran::Done(ended) => Started::Done(ended),
        Ran::Begun(ended, trail, polled) => Running::new(trail, None).begun(polled, ended),
    }
}

fn start_noted<E: OwnedEvent + Send>(popped: InTurn<'_>, core: &Core, waker: &Waker) -> Started {
    let Some(Noted { event, note }) = popped.take() else {
        return Started::Nothing;
    };
    let inside = note.enter(core.queue());
    let origin = note.origin.as_ref();
    match run::<E>(&mut Some(event), origin, Some(inside), core, waker) {
        Ran::Done(ended) => Started::Done(ended),
        Ran::Begun(ended, trail, polled) => Running::new(trail, Some(note)).begun(polled, ended),
    }
}

fn take<E: OwnedEvent + Send>(popped: InTurn<'_>) -> Option<Left> {
    Some(left::<E>(popped.take()?, None))
}

fn take_noted<E: OwnedEvent + Send>(popped: InTurn<'_>) -> Option<Left> {
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

/// Runs an event up to where it has to wait. It is taken when some of its handlers run later. What is
/// logged of it is logged when it is no longer inside that.
#[inline(always)]
fn run<E: OwnedEvent + Send>(
    event: &mut Option<E>,
    origin: Option<&Origin>,
    inside: Option<impl Sized>,
    core: &Core,
    waker: &Waker,
) -> Ran {
    let sending = core.sending::<E>(origin);
    let mut failures = RefCell::new(Vec::new());
    let mut begun = None;
    let mut heard = false;
    let slot = core.slot_asked::<E>();
    let refused = dispatch::with_level(slot, sending, |plan, level| {
        if plan.tail().is_some() {
            let trail = |event| trail(event, plan, level, sending, &failures, waker);
            begun = event.take().map(trail);
        } else if let Some(event) = &mut *event {
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
        None => Ran::Done(ended),
        Some((trail, polled)) => Ran::Begun(ended, trail, polled),
    }
}

/// Runs the chain, and begins the handlers that run later. Apart from [`run`], for most events
/// have none of these.
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
