//! Deferring: pushes the snapshot of an event for its background handlers, and handles a rejected push, but does
//! not store it, which `queue/job_queue.rs` does.
//!
//! The filters of these handlers are evaluated first, on the emitter's thread; without a handler whose
//! filters pass there is no snapshot. When the queue does not accept the snapshot, its deferred handlers
//! run at once, in the emit, and its async ones are reported as not reached: no emit waits for the
//! queue.
//!
//! Handlers with a delay get a snapshot of their own, one for each delay, which is scheduled. When it cannot be, they are
//! reported as not reached: they are not to run now.

use std::{collections::BTreeMap, sync::Arc, task::Waker, time::Duration};

use super::snapshot::{failed_in, snapshot};
use crate::{
    background::{BackgroundPlan, Select},
    emit::context::EmitContext,
    handler::{EmitOrigin, ErasedEventRef},
    metadata::SubscriberInfo,
    primitives::drop_catching,
    queue::{ClonedEventJob, PushError, PushErrorKind, ScheduleErrorKind},
    registry::EventQueue,
    result::{Cause, EmitStats, Failure, FailureList, Undelivered},
};

/// How many background handlers were queued, and how many ran at once.
#[derive(Default)]
pub(in crate::emit) struct Deferral {
    /// How many will run from the queue.
    deferred: u32,
    /// How many ran at once, since the queue was full or shut down.
    ran: usize,
    /// How many of these failed and are called again.
    retrying: usize,
    /// Whether the event does not reach one of them, which is a failure.
    is_unreached: bool,
}

impl Deferral {
    // Inlined: else the stats of each emit are made in memory.
    #[inline(always)]
    pub(in crate::emit) fn add_to(self, stats: &mut EmitStats) {
        stats.deferred += self.deferred;
        stats.ran += self.ran;
        if self.is_unreached {
            stats.set_unreached();
        }
        if self.retrying > 0 {
            stats.rare = EmitStats::with_retrying(stats.rare, self.retrying);
        }
    }
}

/// Queues a snapshot of an event for those of the selected background handlers whose filters pass.
#[cold]
#[inline(never)]
pub(in crate::emit) fn defer(
    background: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    select: Select,
    recording: Option<&FailureList<'_>>,
    fail: &mut dyn FnMut(Failure),
) -> Deferral {
    let mut report = Report {
        fail,
        is_unreached: false,
        panicked: 0,
    };
    let mut fail_before = |failure| report.before_call(failure);
    let selected = select_accepting(
        background,
        event,
        emit_context,
        select,
        recording,
        &mut fail_before,
    );
    let mut deferral = Deferral::default();
    if background.has_delayed() {
        for (delay, group) in by_delay(background, selected) {
            let timing = (delay, recording);
            deferral.add(background, event, emit_context, timing, group, &mut report);
        }
    } else {
        let timing = (None, recording);
        deferral.add(
            background,
            event,
            emit_context,
            timing,
            selected,
            &mut report,
        );
    }
    // A condition or a `Clone` that panics counts as a run, as a condition of a sync handler does.
    deferral.ran += report.panicked;
    deferral.is_unreached = report.is_unreached;
    deferral
}

/// The failures of a deferral.
struct Report<'f> {
    fail: &'f mut dyn FnMut(Failure),
    /// Whether the event does not reach one of the handlers.
    is_unreached: bool,
    /// How many conditions and clones panicked.
    panicked: usize,
}

impl Report<'_> {
    /// A failure before a handler is called.
    fn before_call(&mut self, failure: Failure) {
        self.panicked += usize::from(failure.cause().is_from_call());
        self.unreached(failure);
    }

    fn unreached(&mut self, failure: Failure) {
        self.is_unreached = true;
        (self.fail)(failure);
    }
}

impl Deferral {
    /// Queues a snapshot for these handlers, or schedules it for when their delay has passed.
    fn add(
        &mut self,
        background: &Arc<BackgroundPlan>,
        event: ErasedEventRef<'_>,
        emit_context: EmitContext<'_>,
        (delay, recording): (Option<Duration>, Option<&FailureList<'_>>),
        mut group: Vec<usize>,
        report: &mut Report<'_>,
    ) {
        let mut fail_before = |failure| report.before_call(failure);
        let snapshot = snapshot(
            background,
            event,
            emit_context,
            &mut group,
            &mut fail_before,
        );
        let Some(snapshot) = snapshot else {
            return;
        };
        let job = ClonedEventJob::new(snapshot);
        let mut fail = |failure| report.unreached(failure);
        let refused = match delay {
            None => job.push(emit_context.queue).err(),
            Some(delay) => match schedule(job, delay, emit_context.queue) {
                Ok(()) => None,
                Err(why) => {
                    let emission = failed_in(background, event, emit_context);
                    for &index in &group {
                        let subscriber = Arc::clone(&background.subscribers()[index]);
                        let cause = Cause::Undelivered(why);
                        let policy = &background.policy;
                        fail(policy.fail(subscriber, cause, emission.clone()));
                    }
                    return;
                }
            },
        };
        match refused {
            None => self.deferred += u32::try_from(group.len()).unwrap_or(u32::MAX),
            Some(refused) => {
                let queue = emit_context.queue;
                let (ran, retrying) =
                    run_on_full_queue(background, refused, queue, recording, &mut fail);
                self.ran += ran;
                self.retrying += retrying;
            }
        }
    }
}

/// Schedules a snapshot for when the delay has passed.
#[cold]
#[inline(never)]
fn schedule(job: ClonedEventJob, delay: Duration, queue: &EventQueue) -> Result<(), Undelivered> {
    let due = queue.clock().after(delay);
    let scheduled = queue.schedule(due, Box::new(job), true);
    scheduled.map(|_| ()).map_err(|refused| {
        let why = not_scheduled(refused.kind);
        // The destructors of an event and of handlers.
        drop_catching(refused);
        why
    })
}

/// The handlers in groups of equal delays.
#[cold]
fn by_delay(
    background: &BackgroundPlan,
    selected: Vec<usize>,
) -> BTreeMap<Option<Duration>, Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for index in selected {
        let delay = background.subscribers()[index].delay;
        groups.entry(delay).or_default().push(index);
    }
    groups
}

/// The selected handlers whose filters accept the event.
fn select_accepting(
    background: &BackgroundPlan,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    select: Select,
    recording: Option<&FailureList<'_>>,
    fail: &mut dyn FnMut(Failure),
) -> Vec<usize> {
    let origin = EmitOrigin::new(emit_context.origin);
    let mut selected = Vec::new();
    for index in (0..background.len()).filter(|&index| background.is_in(index, select)) {
        match background.accepts(index, event, &origin) {
            Ok(true) => selected.push(index),
            Ok(false) => {
                if let Some(record) = recording {
                    record.skip(&background.subscribers()[index], emit_context.origin);
                }
            }
            Err(panic) => {
                let subscriber = Arc::clone(&background.subscribers()[index]);
                let emission = failed_in(background, event, emit_context);
                fail(
                    background
                        .policy
                        .fail(subscriber, Cause::Panic(panic), emission),
                );
            }
        }
    }
    selected
}

/// The queue did not accept the snapshot: the deferred handlers run here, and the async ones are
/// reported as not reached. Returns how many ran, and how many calls that failed are repeated.
fn run_on_full_queue(
    background: &BackgroundPlan,
    refused: PushError<ClonedEventJob>,
    queue: &EventQueue,
    recording: Option<&FailureList<'_>>,
    fail: &mut dyn FnMut(Failure),
) -> (usize, usize) {
    let reason = undelivered(&refused.kind);
    let mut run = refused.item.into_run();
    let emission = run.failed_emission();
    let mut report_unreached = |subscriber: Arc<SubscriberInfo>| {
        let cause = Cause::Undelivered(reason);
        fail(background.policy.fail(subscriber, cause, emission.clone()));
    };
    run.as_mut()
        .remove_async()
        .into_iter()
        .for_each(&mut report_unreached);
    let deferred = recording.map(|_| run.unfinished().subscribers);
    if recording.is_some() {
        run.as_mut().record_skipped();
    }
    let _ = run.as_mut().poll_in_emission(Waker::noop());
    let retrying = run.as_mut().schedule_next_calls(queue);
    // A handler with a concurrency limit may be pending. Nothing would poll it again.
    let unfinished = run.unfinished().subscribers;
    unfinished.into_iter().for_each(report_unreached);
    let mut result = run.as_mut().take_result();
    if let Some(record) = recording {
        for (number, reason) in result.take_skipped() {
            record.add_skipped(&background.subscribers()[number], reason);
        }
        let deferred = deferred.into_iter().flatten();
        deferred.for_each(|subscriber| record.add_ran(subscriber));
    }
    let ran = result.ran;
    result.into_failures().for_each(fail);
    (ran, retrying)
}

/// The reason that is reported for an event that was not scheduled.
pub(in crate::emit) fn not_scheduled(kind: ScheduleErrorKind) -> Undelivered {
    match kind {
        ScheduleErrorKind::Full { capacity } => Undelivered::ScheduleFull { capacity },
        ScheduleErrorKind::ShutDown => Undelivered::ShutDown,
    }
}

/// The reason that is reported for an event that the queue did not accept.
pub(in crate::emit) fn undelivered(kind: &PushErrorKind) -> Undelivered {
    match *kind {
        PushErrorKind::Full { capacity } => Undelivered::QueueFull { capacity },
        PushErrorKind::ShutDown => Undelivered::ShutDown,
    }
}
