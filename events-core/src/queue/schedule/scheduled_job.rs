//! A scheduled job with its type erased, and the queue as it is pushed there when it is due.

use std::task::Waker;

use super::super::{
    bounded::BoundedQueue,
    job::{JobVtable, UnfinishedJob},
    topic_counts::TopicCounts,
};
use crate::context::EventChain;

/// A job that waits for its time.
pub(crate) trait ScheduledJob<C: 'static>: Send {
    /// Pushes the job, whose time has come, by [`DueQueue::push`]. No user code may be called here: two locks are held.
    fn push(self: Box<Self>, queue: &mut DueQueue<'_, C>);

    /// Takes the event out, which is not to run. `None` if it is gone.
    fn take(self: Box<Self>) -> Option<UnfinishedJob>;

    /// Counts the topic of the event.
    fn count_topic(&self, counts: &mut TopicCounts);
}

/// The queue, into which jobs that are due are pushed.
pub(crate) struct DueQueue<'q, C: 'static> {
    pub(super) queue: &'q BoundedQueue<&'static JobVtable<C>>,
    /// The chain of the next job.
    pub(super) chain: Option<EventChain>,
    /// Those to be woken when no lock is held.
    pub(super) woken: &'q mut Vec<Waker>,
}

impl<C> DueQueue<'_, C> {
    /// Pushes a job beyond the capacity of the queue, which its schedule has limited, and in any state of the queue.
    pub(crate) fn push<T: Send + 'static>(&mut self, vtable: &'static JobVtable<C>, item: T) {
        let waker = self.queue.push_due(vtable, item, self.chain);
        self.woken.extend(waker);
    }
}
