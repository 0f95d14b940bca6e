//! Starting the run of an event from the queue, whose middleware requests that.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use crate::{
    background::{BackgroundRun, ErasedBackgroundRun, Select},
    context::{CallSite, EmissionState},
    emit::{
        context::EmitContext,
        run_all::{AllSelected, Start, run_all},
    },
    event::OwnedEvent,
    metadata::Origin,
    queue::JobResult,
    registry::Core,
    result::{EmitStats, FailureList},
};

/// The run of an event from the queue, which is not started.
pub(super) trait StartJob: ErasedBackgroundRun {
    /// Runs the chain and starts the background handlers. Without a plan it is ready.
    fn start(
        self: Pin<&mut Self>,
        core: &Core,
        emit_context: EmitContext<'_>,
        state: EmissionState,
        waker: &Waker,
    ) -> StartedJob;

    /// The context of the emission.
    fn emit_context<'e>(
        &self,
        core: &'e Core,
        origin: Option<&'e Origin>,
        site: CallSite,
    ) -> EmitContext<'e>;

    /// The topic of a named event.
    fn own_topic(&self) -> Option<Arc<str>>;

    fn origin(&self) -> Option<Origin>;

    fn failed(&self) -> usize;

    fn ran(&self) -> usize;

    /// Drops the handlers that have not ended, for good, and keeps the event. Returns what the chain did, if it was
    /// suspended.
    fn abandon(self: Pin<&mut Self>) -> EmitStats;
}

/// The result of a start.
pub(super) struct StartedJob {
    pub(super) polled: Poll<()>,
    pub(super) stats: EmitStats,
    /// The failures of the chain, which are logged.
    pub(super) failures: usize,
}

impl<E: OwnedEvent + Send> StartJob for BackgroundRun<E> {
    fn start(
        mut self: Pin<&mut Self>,
        core: &Core,
        emit_context: EmitContext<'_>,
        state: EmissionState,
        waker: &Waker,
    ) -> StartedJob {
        let mut started = StartedJob {
            polled: Poll::Ready(()),
            stats: EmitStats::default(),
            failures: 0,
        };
        let own_topic = self.own_topic();
        let failures = FailureList::new();
        core.with_job_plan::<E, _>(own_topic.as_deref(), |plan, guard| {
            guard.resume(state);
            let start = Start {
                guard,
                emit_context,
                select: Select::All,
                waker,
                stats: &mut started.stats,
                failures: &failures,
                last: &mut AllSelected,
            };
            started.polled = run_all(self.as_mut(), plan, start);
        });
        started.failures = JobResult::of(failures).failures;
        started
    }

    fn emit_context<'e>(
        &self,
        core: &'e Core,
        origin: Option<&'e Origin>,
        site: CallSite,
    ) -> EmitContext<'e> {
        core.emit_context::<E>(origin, site)
    }

    fn own_topic(&self) -> Option<Arc<str>> {
        self.event()?.__own_topic().cloned()
    }

    fn origin(&self) -> Option<Origin> {
        self.origin().cloned()
    }

    fn failed(&self) -> usize {
        self.failed()
    }

    fn ran(&self) -> usize {
        self.ran()
    }

    fn abandon(mut self: Pin<&mut Self>) -> EmitStats {
        self.as_mut().abandon().0
    }
}
