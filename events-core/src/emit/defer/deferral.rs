//! Deferring: pushes the snapshot of an event for its background handlers, and handles a rejected push, but does
//! not store it, which `queue/job_queue.rs` does.
//!
//! The filters of these handlers are evaluated first, on the emitter's thread; without a handler whose
//! filters pass there is no snapshot. When the queue does not accept the snapshot, its deferred handlers
//! run at once, in the emit, and its async ones are reported as not reached: no emit waits for the
//! queue.
//!
//! A handler whose backlog is full is not selected: as many events wait until it may be called as the queue holds. It is
//! reported as not reached, also a deferred one, since a call here would overtake those that wait.
//!
//! Handlers with a delay get a snapshot of their own, one for each delay, which is scheduled. When it cannot be, they are
//! reported as not reached: they are not to run now.

use std::{collections::BTreeMap, mem, sync::Arc, task::Waker, time::Duration};

use super::snapshot::{failed_in, snapshot};
use crate::{
    background::{BackgroundPlan, NextCalls, Select},
    emit::context::EmitContext,
    handler::{EmitOrigin, ErasedEventRef},
    metadata::SubscriberInfo,
    primitives::{OptionBox, drop_catching},
    queue::{ClonedEventJob, Places, PushError, PushErrorKind},
    registry::EventQueue,
    result::{Cause, EmitStats, Failure, FailureList, SubscriberOutcome, Undelivered},
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
    let mut none = Places::default();
    let room = &mut none;
    defer_into(
        room,
        background,
        event,
        emit_context,
        select,
        recording,
        fail,
    )
}

/// As [`defer`], into places that are reserved in the queue as long as there are some.
pub(in crate::emit) fn defer_into(
    room: &mut Places,
    background: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    select: Select,
    recording: Option<&FailureList<'_>>,
    fail: &mut dyn FnMut(Failure),
) -> Deferral {
    let mut report = Report {
        fail,
        room,
        is_unreached: false,
        panicked: 0,
    };
    let mut fail_before = |failure| report.before_call(failure);
    let mut group = select_accepting(
        background,
        event,
        emit_context,
        select,
        recording,
        &mut fail_before,
    );
    let mut deferral = Deferral::default();
    let mut delayed = OptionBox::NONE;
    if background.has_delayed() {
        delayed = split_off_delayed(background, &mut group);
    }
    let mut delay = None;
    // One call of `add`, so that the compiler inlines it and what it calls.
    loop {
        let timing = (delay, recording);
        deferral.add(
            background,
            event,
            emit_context,
            timing,
            &mut group,
            &mut report,
        );
        let Some(next) = delayed.get_mut().and_then(Vec::pop) else {
            break;
        };
        delay = Some(next.0);
        group = next.1;
    }
    // A condition or a `Clone` that panics counts as a run, as a condition of a sync handler does.
    deferral.ran += report.panicked;
    deferral.is_unreached = report.is_unreached;
    deferral
}

/// The failures of a deferral.
struct Report<'f> {
    fail: &'f mut dyn FnMut(Failure),
    /// The places that are reserved in the queue.
    room: &'f mut Places,
    /// Whether the event does not reach one of the handlers.
    is_unreached: bool,
    /// How many conditions and clones panicked.
    panicked: usize,
}

impl Report<'_> {
    /// Takes a place that is reserved for a snapshot with this delay. Returns whether there is one. Of a scheduled one the
    /// place is freed.
    fn take_place(&mut self, delay: Option<Duration>, queue: &EventQueue) -> bool {
        if delay.is_none() {
            return mem::take(&mut self.room.queued);
        }
        let is_reserved = self.room.scheduled > 0;
        if is_reserved {
            self.room.scheduled -= 1;
            queue.free(Places {
                scheduled: 1,
                ..Places::default()
            });
        }
        is_reserved
    }

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
    #[inline(always)]
    fn add(
        &mut self,
        background: &Arc<BackgroundPlan>,
        event: ErasedEventRef<'_>,
        emit_context: EmitContext<'_>,
        (delay, recording): (Option<Duration>, Option<&FailureList<'_>>),
        group: &mut Vec<usize>,
        report: &mut Report<'_>,
    ) {
        let mut fail_before = |failure| report.before_call(failure);
        let snapshot = snapshot(background, event, emit_context, group, &mut fail_before);
        let Some((snapshot, count)) = snapshot else {
            return;
        };
        let delayed = delay.map(|delay| (delay, snapshot.unfinished().subscribers));
        let job = ClonedEventJob::new(snapshot);
        let is_reserved = report.take_place(delay, emit_context.queue);
        let mut fail = |failure| report.unreached(failure);
        let refused = match delayed {
            None if is_reserved => job.push_reserved(emit_context.queue).err(),
            None => job.push(emit_context.queue).err(),
            Some((delay, subscribers)) => {
                match schedule(job, delay, emit_context.queue, is_reserved) {
                    Ok(()) => None,
                    Err(why) => {
                        let emission = failed_in(background, event, emit_context);
                        for subscriber in subscribers {
                            let cause = Cause::Undelivered(why);
                            let policy = &background.policy;
                            fail(policy.fail(subscriber, cause, emission.clone()));
                        }
                        return;
                    }
                }
            }
        };
        match refused {
            None => self.deferred += u32::try_from(count).unwrap_or(u32::MAX),
            Some(refused) => {
                let queue = emit_context.queue;
                let (ran, calls) =
                    run_on_full_queue(background, refused, queue, recording, &mut fail);
                self.ran += ran;
                self.retrying += calls.repeated;
                self.deferred += calls.deferred;
            }
        }
    }
}

/// Schedules a snapshot for when the delay has passed; one whose place was reserved whatever the capacity is.
#[cold]
#[inline(never)]
fn schedule(
    job: ClonedEventJob,
    delay: Duration,
    queue: &EventQueue,
    is_reserved: bool,
) -> Result<(), Undelivered> {
    let due = queue.clock().after(delay);
    let scheduled = queue.schedule(due, Box::new(job), !is_reserved);
    scheduled.map(|_| ()).map_err(|refused| {
        let why = refused.kind.undelivered();
        // The destructors of an event and of handlers.
        drop_catching(refused);
        why
    })
}

/// Handlers with the same delay.
type Delayed = (Duration, Vec<usize>);

/// Removes the handlers with a delay from those that are selected. Returns them in groups of equal delays, that with the
/// greatest first.
#[cold]
#[inline(never)]
fn split_off_delayed(
    background: &BackgroundPlan,
    selected: &mut Vec<usize>,
) -> OptionBox<Vec<Delayed>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    selected.retain(|&index| match background.subscribers()[index].delay {
        None => true,
        Some(delay) => {
            groups.entry(delay).or_default().push(index);
            false
        }
    });
    OptionBox::from(groups.into_iter().rev().collect::<Vec<_>>())
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
            Ok(true) => match full_backlog(background, index, emit_context.queue) {
                None => selected.push(index),
                Some(why) => {
                    let subscriber = Arc::clone(&background.subscribers()[index]);
                    let emission = failed_in(background, event, emit_context);
                    let cause = Cause::Undelivered(why);
                    fail(background.policy.fail(subscriber, cause, emission));
                }
            },
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

/// Why no further event is queued for that handler, if as many wait until it may be called as the queue holds.
#[inline]
fn full_backlog(
    background: &BackgroundPlan,
    index: usize,
    queue: &EventQueue,
) -> Option<Undelivered> {
    if !background.limits_calls() {
        return None;
    }
    let backlog = background.handler(index).backlog();
    if backlog == 0 {
        return None;
    }
    let capacity = queue.capacity();
    (backlog >= capacity).then_some(Undelivered::BacklogFull { capacity })
}

/// The queue did not accept the snapshot: the deferred handlers run here, and the async ones are
/// reported as not reached. Returns how many ran, and how many calls are made later.
fn run_on_full_queue(
    background: &BackgroundPlan,
    refused: PushError<ClonedEventJob>,
    queue: &EventQueue,
    recording: Option<&FailureList<'_>>,
    fail: &mut dyn FnMut(Failure),
) -> (usize, NextCalls) {
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
        run.as_mut().record_outcomes();
    }
    let _ = run.as_mut().poll_in_emission(Waker::noop());
    let calls = run.as_mut().schedule_next_calls(queue);
    // A handler with a concurrency limit may be pending. Nothing would poll it again.
    let unfinished = run.unfinished().subscribers;
    unfinished.into_iter().for_each(report_unreached);
    let mut result = run.as_mut().take_result();
    if let Some(record) = recording {
        for (number, outcome) in result.take_outcomes() {
            record.add_outcome(&background.subscribers()[number], outcome);
        }
        for subscriber in deferred.into_iter().flatten() {
            record.add_outcome(&subscriber, SubscriberOutcome::Ran);
        }
    }
    let ran = result.ran;
    result.into_failures().for_each(fail);
    (ran, calls)
}

/// The reason that is reported for an event that the queue did not accept.
pub(in crate::emit) fn undelivered(kind: &PushErrorKind) -> Undelivered {
    match *kind {
        PushErrorKind::Full { capacity } => Undelivered::QueueFull { capacity },
        PushErrorKind::ShutDown => Undelivered::ShutDown,
    }
}
