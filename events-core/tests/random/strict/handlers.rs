//! The events and handlers of a script, and the journal of the calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::Poll,
};

use events_core::{
    Event, Registry, Subscription, bounds::Snapshot, info::SubscriberInfo,
    outcomes::SubscriberOutcome, registry,
};
use smol::future::yield_now;

use super::{
    executor::{NO_TASK, TaskId},
    gates::Gates,
    script::{Handler, Kind, MARKERS, Nested, Script},
};
use crate::{program::Phase, rng::Rng};

#[derive(Event, Clone)]
pub(crate) struct X {
    number: usize,
}

#[derive(Event, Clone)]
pub(crate) struct Y {
    number: usize,
}

/// The events of scripts.
pub(crate) trait Numbered: Snapshot + Send {
    fn new(number: usize) -> Self;
    fn number(&self) -> usize;
}

macro_rules! numbered {
    ($($event:ident)*) => {
        $(
            impl Numbered for $event {
                fn new(number: usize) -> Self {
                    Self { number }
                }

                fn number(&self) -> usize {
                    self.number
                }
            }
        )*
    };
}

numbered! { X Y }

/// What became of a call of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Begins,
    Ends,
    /// Its future is dropped before it has ended.
    CutOff,
}

/// A line of the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) event: usize,
    pub(crate) handler: usize,
    pub(crate) what: What,
    /// The task that was polled.
    pub(crate) task: TaskId,
}

/// How an event was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Enqueued,
    /// The queue was shut down.
    Refused,
    Emitted,
    EmittedAsync(Progress),
}

/// The progress of an `emit_async`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Progress {
    Created,
    Polled,
    Completed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) kind: Kind,
    pub(crate) verb: Verb,
    /// How many events are around it.
    pub(crate) generation: usize,
    /// The queue was shut down before.
    pub(crate) is_late: bool,
}

/// The state that the handlers and the script share.
pub(crate) struct Shared {
    pub(crate) gates: Gates,
    pub(crate) current: AtomicUsize,
    seed: u64,
    stale_wakes: bool,
    /// A handler has woken its task and ended in the same poll.
    pub(crate) has_wake_at_end: AtomicBool,
    journal: Mutex<Vec<Entry>>,
    sent: Mutex<Vec<Sent>>,
    outcomes: Mutex<Vec<CallOutcome>>,
}

/// What became of a subscriber, as the emit reports it, and what the journal had of it then.
#[derive(Clone, Debug)]
pub(crate) struct CallOutcome {
    pub(crate) event: usize,
    pub(crate) handler: usize,
    /// `None` if the emit does not list it.
    pub(crate) outcome: Option<SubscriberOutcome>,
    pub(crate) begun: usize,
    pub(crate) ended: usize,
}

impl Shared {
    pub(crate) fn new(script: &Script) -> Arc<Self> {
        Arc::new(Self {
            gates: Gates::default(),
            current: AtomicUsize::new(NO_TASK),
            seed: script.seed,
            stale_wakes: script.options.stale_wakes,
            has_wake_at_end: AtomicBool::new(false),
            journal: Mutex::default(),
            sent: Mutex::default(),
            outcomes: Mutex::default(),
        })
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sent(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, event: usize, handler: usize, what: What) {
        let task = self.current.load(Ordering::Relaxed);
        self.journal().push(Entry {
            event,
            handler,
            what,
            task,
        });
    }

    /// A number for an event that is sent now, into the registry that is current.
    pub(crate) fn number(&self, kind: Kind, verb: Verb, generation: usize) -> usize {
        let mut sent = self.sent();
        sent.push(Sent {
            kind,
            verb,
            generation,
            is_late: registry().queue().is_shut_down(),
        });
        sent.len() - 1
    }

    /// Emits an event on the registry that is current, and awaits it.
    pub(crate) async fn emit<E: Numbered>(&self, number: usize) {
        let progress = |progress| self.sent()[number].verb = Verb::EmittedAsync(progress);
        if number.is_multiple_of(2) {
            let emit = E::new(number).emit_async();
            progress(Progress::Polled);
            emit.await;
        } else {
            let emit = E::new(number).try_emit_async();
            progress(Progress::Polled);
            match emit.await {
                Ok(emitted) => self.note_outcomes(number, emitted.outcomes()),
                Err(error) => self.note_outcomes(number, error.outcomes()),
            }
        }
        progress(Progress::Completed);
    }

    fn note_outcomes<'o>(
        &self,
        event: usize,
        outcomes: impl Iterator<Item = (&'o SubscriberInfo, SubscriberOutcome)>,
    ) {
        let number = |name: &str| name.parse().expect("the id of a handler is its number");
        let mut listed: BTreeMap<usize, SubscriberOutcome> = BTreeMap::new();
        listed.extend(outcomes.map(|(one, outcome)| (number(&one.name), outcome)));
        let journal = self.journal();
        let of_event = journal.iter().filter(|entry| entry.event == event);
        let called: BTreeSet<_> = of_event.clone().map(|entry| entry.handler).collect();
        let handlers: BTreeSet<_> = listed.keys().chain(&called).copied().collect();
        let noted = handlers.into_iter().map(|handler| {
            let count = |what: What| {
                let of_handler = of_event.clone().filter(|entry| entry.handler == handler);
                of_handler.filter(|entry| entry.what == what).count()
            };
            CallOutcome {
                event,
                handler,
                outcome: listed.remove(&handler),
                begun: count(What::Begins),
                ended: count(What::Ends),
            }
        });
        let noted: Vec<_> = noted.collect();
        self.outcomes().extend(noted);
    }

    pub(crate) fn outcomes(&self) -> MutexGuard<'_, Vec<CallOutcome>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many calls are under way that began in these tasks.
    pub(crate) fn under_way(&self, tasks: &[TaskId]) -> usize {
        let mut calls = BTreeSet::new();
        for entry in self.journal().iter() {
            let call = (entry.event, entry.handler);
            match entry.what {
                What::Begins if tasks.contains(&entry.task) => _ = calls.insert(call),
                What::Begins => {}
                What::Ends | What::CutOff => _ = calls.remove(&call),
            }
        }
        calls.len()
    }

    /// Enqueues an event into the registry that is current.
    pub(crate) fn enqueue(&self, kind: Kind, generation: usize) {
        let number = self.number(kind, Verb::Enqueued, generation);
        let accepted = match kind {
            Kind::X => X { number }.enqueue().is_ok(),
            Kind::Y => Y { number }.enqueue().is_ok(),
        };
        if !accepted {
            self.sent()[number].verb = Verb::Refused;
        }
    }
}

/// A call of a handler; noted as cut off unless it ends.
struct Call<'s> {
    shared: &'s Shared,
    event: usize,
    handler: usize,
    has_ended: bool,
}

impl<'s> Call<'s> {
    fn begin(shared: &'s Shared, event: usize, handler: usize) -> Self {
        shared.note(event, handler, What::Begins);
        Self {
            shared,
            event,
            handler,
            has_ended: false,
        }
    }

    fn end(mut self) {
        self.has_ended = true;
        self.shared.note(self.event, self.handler, What::Ends);
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.shared.note(self.event, self.handler, What::CutOff);
        }
    }
}

/// The most events around one another.
const GENERATIONS: usize = 2;

async fn run(shared: Arc<Shared>, event: usize, handler: usize, nested: Option<Nested>) {
    let call = Call::begin(&shared, event, handler);
    // The same event waits in the same way in each handler, whatever ran before.
    let rng = &mut Rng::new(shared.seed ^ ((event as u64) << 20) ^ ((handler as u64) << 40));
    let waits = if handler < MARKERS { 0 } else { rng.below(3) };
    for _ in 0..waits {
        if rng.chance(1, 4) {
            yield_now().await;
        } else {
            shared.gates.wait().await;
        }
    }
    let Sent {
        kind, generation, ..
    } = shared.sent()[event];
    if let Some(nested) = nested.filter(|_| generation < GENERATIONS) {
        let other = match kind {
            Kind::X => Kind::Y,
            Kind::Y => Kind::X,
        };
        match nested {
            Nested::Enqueue => shared.enqueue(other, generation + 1),
            Nested::Await => {
                let verb = Verb::EmittedAsync(Progress::Created);
                let number = shared.number(other, verb, generation + 1);
                match other {
                    Kind::X => shared.emit::<X>(number).await,
                    Kind::Y => shared.emit::<Y>(number).await,
                }
            }
        }
    }
    if shared.stale_wakes && rng.chance(1, 4) {
        // Wakes the task, and does not wait.
        poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Ready(())
        })
        .await;
        shared.has_wake_at_end.store(true, Ordering::Relaxed);
    }
    call.end();
}

async fn awaited<E: Numbered>(
    event: &mut E,
    (shared, handler, nested): &(Arc<Shared>, usize, Option<Nested>),
) {
    run(Arc::clone(shared), event.number(), *handler, *nested).await;
}

/// Subscribes the handlers of a script, in order.
pub(crate) fn subscribe(
    registry: &Registry,
    script: &Script,
    shared: &Arc<Shared>,
) -> Vec<Option<Subscription>> {
    let handlers = script.handlers.iter().enumerate();
    let subscribe = |(number, handler): (usize, &Handler)| {
        Some(match handler.kind {
            Kind::X => subscribe_to::<X>(registry, number, handler, shared),
            Kind::Y => subscribe_to::<Y>(registry, number, handler, shared),
        })
    };
    handlers.map(subscribe).collect()
}

fn subscribe_to<E: Numbered>(
    registry: &Registry,
    number: usize,
    handler: &Handler,
    shared: &Arc<Shared>,
) -> Subscription {
    let shared = Arc::clone(shared);
    let nested = handler.nested;
    let id = format!("{number}");
    if handler.is_awaited {
        let new = registry.subscribe_awaited_with((shared, number, nested), awaited::<E>);
        return new.id(id).register().expect("the id is free");
    }
    if handler.phase == Phase::Sync {
        let new = registry.subscribe(move |event: &E| {
            Call::begin(&shared, event.number(), number).end();
        });
        return new.id(id).register().expect("the id is free");
    }
    let mut new = if handler.phase == Phase::Async {
        registry.subscribe_async(move |event: &E| {
            run(Arc::clone(&shared), event.number(), number, nested)
        })
    } else {
        registry.subscribe_deferred(move |event: &E| {
            Call::begin(&shared, event.number(), number).end();
        })
    };
    // A job begins with its marker, and those with a limit arrive in the order of the markers.
    new = new.id(id).priority(match handler.limit {
        _ if number < MARKERS => 9,
        Some(_) => 8,
        None => 0,
    });
    if let Some(limit) = handler.limit {
        new = new.concurrency(limit);
    }
    if let Some(after) = handler.after {
        new = new.after(format!("{after}"));
    }
    new.register().expect("the options of a script are valid")
}
