//! Shutting a queue down: nothing new, what waits is run, and what could not be finished in time is
//! handed back.

use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use super::{
    block_on::block_on_until,
    driver::{Driver, Until},
    queue_handle::Queue,
};
use crate::{
    metadata::{EventInfo, Origin, SubscriberInfo},
    primitives::Plural,
    queue::{QueueOwner, RunningJob, UnfinishedJob, is_inside},
};

/// Without workers a shutdown runs what waits itself, with so many events under way at once: one
/// whose subscribers never end does not keep the others from their turn.
const CONCURRENCY: usize = 64;

impl Queue {
    /// Takes nothing new, runs what waits until the deadline, this long from now, and hands back
    /// what was left.
    ///
    /// From now on `enqueue` gives its event back, but for subscribers that this queue runs: what
    /// they put there is drained as well. The workers run what waits, and then end; without workers
    /// this thread does it. At the deadline nothing more is begun. What waits then is handed back,
    /// and so is what is in the middle of its async subscribers, which are dropped. A sync
    /// subscriber that does not return keeps its event and its thread; it is counted.
    ///
    /// The queue stays shut down. A second shutdown hands back what the first could not reach.
    /// Called by a subscriber that this queue runs, it begins the shutdown and returns at once, for
    /// it cannot wait for itself.
    ///
    /// In async code use [`shutdown_async`](Self::shutdown_async).
    pub fn shutdown(&self, at_most: Duration) -> Unfinished {
        let core = self.0.core();
        core.queue().drain();
        if is_inside(core.queue_id()) {
            return Unfinished::default();
        }
        let deadline = Instant::now().checked_add(at_most);
        let is_over = || deadline.is_some_and(|deadline| deadline <= Instant::now());
        if core.workers().wait(None, deadline) && !is_over() {
            let mut drive = drive(self);
            block_on_until(|waker| drive.poll(waker), deadline);
        }
        self.hand_back()
    }

    /// [`shutdown`](Self::shutdown) without blocking, until a future is ready that stands for the
    /// deadline: `queue.shutdown_async(tokio::time::sleep(Duration::from_secs(5)))`.
    ///
    /// When it is dropped early the queue takes nothing new, and nothing else has happened.
    pub fn shutdown_async<D: Future>(&self, deadline: D) -> Shutdown<D> {
        Shutdown {
            queue: self.clone(),
            deadline,
            drive: None,
            done: false,
        }
    }

    /// At the deadline: takes what is left from the queue and from its workers.
    fn hand_back(&self) -> Unfinished {
        let core = self.0.core();
        core.queue().close();
        let mut unfinished = Unfinished::default();
        while let Some(popped) = core.queue().pop() {
            let Some(left) = popped.take_unfinished() else {
                break;
            };
            unfinished.events.push(UnfinishedEvent(left));
        }
        for worker in core.workers().workers() {
            let stopped = worker.stop();
            unfinished.running += usize::from(stopped.polling);
            core.workers()
                .keep(stopped.waiting.into_iter().filter_map(RunningJob::stop));
        }
        let begun = core.workers().left().into_iter().map(UnfinishedEvent);
        unfinished.events.splice(0..0, begun);
        if !unfinished.is_empty() {
            tracing::warn!(target: "events_core", "{unfinished}");
        }
        unfinished
    }
}

pin_project_lite::pin_project! {
    /// A shutdown; made by [`Queue::shutdown_async`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Shutdown<D> {
        queue: Queue,
        #[pin]
        deadline: D,
        drive: Option<Driver>,
        done: bool,
    }
}

impl<D: Future> Future for Shutdown<D> {
    type Output = Unfinished;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Unfinished> {
        let this = self.project();
        let core = this.queue.0.core();
        core.queue().drain();
        if is_inside(core.queue_id()) {
            return Poll::Ready(Unfinished::default());
        }
        if !*this.done {
            *this.done = this.deadline.poll(context).is_ready()
                || drained(this.queue, this.drive, context.waker()).is_ready();
        }
        if *this.done {
            // What it has begun itself is handed back, too.
            *this.drive = None;
            Poll::Ready(this.queue.hand_back())
        } else {
            Poll::Pending
        }
    }
}

/// Ready when the workers have ended, and then nothing waits.
fn drained(queue: &Queue, drive: &mut Option<Driver>, waker: &Waker) -> Poll<()> {
    if queue.0.core().workers().poll(None, waker).is_pending() {
        return Poll::Pending;
    }
    drive.get_or_insert_with(|| self::drive(queue)).poll(waker)
}

/// Runs what waits, when there are no workers.
fn drive(queue: &Queue) -> Driver {
    Driver::new(queue.0.clone(), CONCURRENCY, Until::Drained).one_by_one()
}

impl<D> fmt::Debug for Shutdown<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// What a shutdown could not finish.
///
/// `Display` tells the topics and counts them; nothing of the events is shown.
#[derive(Debug, Default)]
#[must_use = "the events that were not finished are in here, and are lost when it is dropped"]
pub struct Unfinished {
    /// The events, those that were begun first, then those that waited, in their order.
    pub events: Vec<UnfinishedEvent>,
    /// How many workers were in the middle of a subscriber that did not return.
    pub running: usize,
}

impl Unfinished {
    /// Whether everything was finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.running == 0
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, running } = self;
        if self.is_empty() {
            return f.write_str("the queue was shut down, and nothing is left");
        }
        let left = Plural(events.len(), "event");
        write!(f, "the queue was shut down with {left} left")?;
        if *running > 0 {
            let running = Plural(*running, "subscriber");
            write!(f, " and {running} that did not return")?;
        }
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for event in events {
            match counts.iter_mut().find(|(topic, _)| *topic == event.topic()) {
                Some((_, count)) => *count += 1,
                None => counts.push((event.topic(), 1)),
            }
        }
        for (number, (topic, count)) in counts.into_iter().enumerate() {
            let before = if number == 0 { ": " } else { ", " };
            write!(f, "{before}{topic} (x{count})")?;
        }
        Ok(())
    }
}

/// An event that a shutdown hands back.
pub struct UnfinishedEvent(UnfinishedJob);

impl UnfinishedEvent {
    /// What is known of its type.
    #[must_use]
    pub fn info(&self) -> &'static EventInfo {
        self.0.info
    }

    /// Its topic.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.0.info.topic()
    }

    /// Where it was emitted from, when the emitter said so.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.0.origin.as_ref()
    }

    /// The subscribers that it has not reached, or not to their end, when only some are left;
    /// `None` when it was enqueued and none was begun.
    #[must_use]
    pub fn unfinished(&self) -> Option<impl ExactSizeIterator<Item = &SubscriberInfo>> {
        let unfinished = self.0.unfinished.as_ref()?;
        Some(unfinished.iter().map(AsRef::as_ref))
    }

    /// The event, when it is an `E`.
    ///
    /// # Errors
    ///
    /// This, when it is another event.
    pub fn downcast<E: Any>(self) -> Result<E, Self> {
        let UnfinishedJob {
            info,
            origin,
            event,
            unfinished,
        } = self.0;
        event.downcast().map(|event| *event).map_err(|event| {
            Self(UnfinishedJob {
                info,
                origin,
                event,
                unfinished,
            })
        })
    }
}

impl fmt::Debug for UnfinishedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedEvent")
            .field("topic", &self.topic())
            .field("origin", &self.0.origin)
            .finish_non_exhaustive()
    }
}
