//! The queue of jobs: stores each pushed job or returns it to the caller, but makes no snapshots and runs no
//! handlers, which `emit/defer.rs` does for an emit.
//!
//! # When the queue is full
//!
//! [`JobQueue::push`] accepts no job beyond the capacity. It returns the job in a [`PushError`], and never
//! waits and never drops a job. It logs the first such push at `warn`, once in the life of the queue, if the
//! queue has no worker then. Its callers do the following, inside a worker's job as well as outside:
//!
//! - `enqueue` returns the event to its caller in a `QueueFull` error. Nothing runs.
//! - An emit, sync or async, calls the deferred handlers that are not async at once, on the emitter's thread.
//!   Those that are async are not called: each is a failure of the emit, which `try_emit` returns and `emit`
//!   logs at `error`. They are not called later either. The other handlers of the event are not affected.

use std::ops::Deref;

use super::{
    bounded::{BoundedQueue, PushError},
    job::{JobVtable, UnfinishedJob},
    start_worker::START_WORKER,
    topic_counts::TopicCounts,
};
use crate::{
    context::{QueueId, chain_of_job},
    primitives::{catch_drop, catch_record},
};

/// A queue of jobs; `C` is the `QueueOwner` that a job is started with.
///
/// It dereferences to the bounded queue, whose `push` is hidden by the one of this type.
pub(crate) struct JobQueue<C: 'static>(BoundedQueue<&'static JobVtable<C>>);

impl<C> JobQueue<C> {
    pub(crate) const fn new() -> Self {
        Self(BoundedQueue::new())
    }

    /// The identity of this queue; it changes when the queue is moved.
    pub(crate) fn id(&self) -> QueueId {
        QueueId::of(self)
    }

    /// Pushes a job, and warns once if the queue is full and has no worker.
    pub(crate) fn push<T: Send + 'static>(
        &self,
        vtable: &'static JobVtable<C>,
        job: T,
    ) -> Result<(), PushError<T>> {
        let from_job = chain_of_job(self.id());
        self.0.push(vtable, job, from_job).inspect_err(|error| {
            if error.unattended {
                catch_record(|| {
                    tracing::warn!(
                        target: "events_core",
                        capacity = self.capacity(),
                        "the queue is full and has no worker; {START_WORKER}, or call registry().queue().flush() \
                         regularly, in async code flush_async().await",
                    );
                });
            }
        })
    }

    /// Logs at `warn` the events that are still queued, if there are any, with their topics. A queue that has workers
    /// is logged with the second message.
    pub(crate) fn warn_if_not_empty(&self, without_workers: &str, with_workers: &str) {
        let events = self.len();
        if events == 0 {
            return;
        }
        let mut topics = TopicCounts::default();
        self.for_each_lane(|vtable, items| (vtable.count_topics)(&items, &mut topics));
        let workers = Some(self.attached()).filter(|workers| *workers > 0);
        let message = workers.map_or(without_workers, |_| with_workers);
        catch_record(
            || tracing::warn!(target: "events_core", events, %topics, workers, "{message}"),
        );
    }

    /// Drops the queued events; the panic of a destructor is caught.
    pub(crate) fn discard(&self) {
        while let Some(popped) = self.pop() {
            catch_drop::<UnfinishedJob>(|| drop(popped.take_unfinished()));
        }
    }
}

impl<C> Deref for JobQueue<C> {
    type Target = BoundedQueue<&'static JobVtable<C>>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
