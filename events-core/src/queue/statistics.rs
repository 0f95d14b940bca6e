//! The counts of a queue, and how long the oldest event has been waiting.
//!
//! No push and no pop reads the clock or counts here. A driver adds its counts once in each poll, and a retry, which is
//! scheduled in any case, is counted by the queue. The age of the oldest event is measured by the calls that read it: each
//! leaves a mark, which is the time and the end of the queue then. The event at the front was pushed before the first mark
//! behind it. An exact age would need a time of 16 bytes beside each job, which has 12 bytes for its position, and the clock
//! in each push.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::bounded::QueueSpan;
use crate::primitives::sync::lock;

/// Counts of a queue, for monitoring; returned by [`Queue::stats`](crate::Queue::stats).
///
/// The events in the queue are those that were enqueued, and the snapshots for `async` and `deferred` subscribers.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct MailQueued;
///
/// let registry = Registry::new();
/// registry.enqueue(MailQueued)?;
/// registry.enqueue(MailQueued)?;
/// let stats = registry.queue().stats();
/// assert_eq!((stats.waiting, stats.ran), (2, 0));
/// assert!(stats.oldest.is_some());
///
/// registry.queue().flush();
/// let stats = registry.queue().stats();
/// assert_eq!((stats.waiting, stats.under_way, stats.ran, stats.failed), (0, 0, 2, 0));
/// assert_eq!(stats.oldest, None);
/// # Ok::<(), events_core::queues::QueueFull<MailQueued>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueStats {
    /// The events that are queued, without those that are under way. They take their part of the
    /// [capacity](crate::Queue::set_capacity).
    pub waiting: usize,
    /// The events that were started and whose subscribers are not called before another call has ended: for `concurrency` or
    /// `per_key`, and also before it is repeated. They take no part of the capacity; each subscriber has a limit of its own
    /// for them, see [`set_capacity`](crate::Queue::set_capacity).
    pub parked: usize,
    /// The time that the oldest queued event has been waiting, as far as it is known; `None` if none is queued. It is measured
    /// from the first call of `stats` that found the event in the queue. So it is zero in the first call, and too short
    /// by at most the time between two calls: call it regularly.
    pub oldest: Option<Duration>,
    /// The events that are scheduled for a later time, and are not in the queue yet.
    pub scheduled: usize,
    /// The events whose subscribers a worker, a flush or a shutdown is running.
    pub under_way: usize,
    /// The events that have run to their end since the registry was created, whether subscribers of them have failed or
    /// not. A worker or flush adds its events after each of its polls, so those of one in progress may be missing.
    pub ran: u64,
    /// The failures of subscribers in these events after which no further attempt follows.
    pub failed: u64,
    /// How many calls of subscribers failed and were scheduled again, wherever they ran: in an event of the queue, or in an
    /// emit. They are not among those that `failed`, so that each failed call in an event of the queue is counted once. A
    /// further attempt is counted when it is scheduled; it is not made if its subscriber is unsubscribed meanwhile.
    pub retried: u64,
}

/// What is counted for a queue.
pub(super) struct Statistics {
    ran: AtomicU64,
    failed: AtomicU64,
    marks: Mutex<Marks>,
}

/// The marks behind the front of the queue, the oldest first: each with another position, so they are not more than the
/// queued events.
struct Marks(VecDeque<(QueuePosition, Instant)>);

/// A position of the queue, in the order of the pushes.
type QueuePosition = (u64, usize);

impl Statistics {
    pub(super) const fn new() -> Self {
        Self {
            ran: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            marks: Mutex::new(Marks(VecDeque::new())),
        }
    }

    /// Adds the counts of a driver.
    pub(super) fn add(&self, ran: usize, failed: usize) {
        let add = |total: &AtomicU64, count: usize| {
            if count > 0 {
                total.fetch_add(count as u64, Ordering::Relaxed);
            }
        };
        add(&self.ran, ran);
        add(&self.failed, failed);
    }

    /// The counts at that time, for a queue that is read under the lock of the marks.
    pub(super) fn read(
        &self,
        under_way: usize,
        now: Instant,
        span: impl FnOnce() -> QueueSpan,
    ) -> QueueStats {
        let mut marks = lock(&self.marks);
        let span = span();
        QueueStats {
            waiting: span.len,
            oldest: marks.oldest(span.front, span.end, now),
            parked: 0, // this, `scheduled` and `retried` are known to the queue
            scheduled: 0,
            under_way,
            ran: self.ran.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            retried: 0,
        }
    }
}

impl Marks {
    /// The least age of the event at the front, now that the queue has this front and this end.
    fn oldest(
        &mut self,
        front: QueuePosition,
        end: QueuePosition,
        now: Instant,
    ) -> Option<Duration> {
        while self
            .0
            .pop_front_if(|(position, _)| *position <= front)
            .is_some()
        {}
        let last = self.0.back().map_or(front, |(position, _)| *position);
        if end > last {
            self.0.push_back((end, now));
        }
        let (_, time) = self.0.front()?;
        Some(now.saturating_duration_since(*time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps `pushed popped at = expected`: what is pushed and popped before the call, its second, and the result.
    fn check(steps: &[(usize, usize, u64, Option<u64>)]) {
        let start = Instant::now();
        let mut marks = Marks(VecDeque::new());
        let (mut front, mut end) = (0, 0);
        for (index, &(pushed, popped, at, expected)) in steps.iter().enumerate() {
            end += pushed;
            front += popped;
            let now = start + Duration::from_secs(at);
            let oldest = marks.oldest((0, front), (0, end), now);
            assert_eq!(oldest, expected.map(Duration::from_secs), "step {index}");
            assert!(marks.0.len() <= end - front, "step {index}");
        }
    }

    #[test]
    fn the_age_is_that_since_the_first_call_that_found_the_event() {
        check(&[(0, 0, 0, None), (0, 0, 5, None)]);
        check(&[
            (3, 0, 0, Some(0)),
            (0, 0, 5, Some(5)),
            (0, 1, 7, Some(7)),
            (0, 2, 9, None),
        ]);
        // The later ones are measured from the call that found them.
        check(&[
            (1, 0, 0, Some(0)),
            (1, 0, 4, Some(4)),
            (0, 1, 6, Some(2)),
            (1, 1, 9, Some(0)),
        ]);
        check(&[
            (2, 0, 1, Some(0)),
            (2, 3, 2, Some(0)),
            (0, 0, 8, Some(6)),
            (1, 1, 9, Some(0)),
        ]);
    }
}
