//! Schedules the calls that are to be made later: the repetitions of failed calls, and those that wait until no further
//! event comes.
//!
//! Each is a run of its own for one handler, with a clone of the event, in the same emission. It takes along what
//! `call_state` describes. If it cannot be scheduled, the failure before it is the last one.

use std::{pin::Pin, sync::Arc};

use super::call_end::NextCall;
use crate::{
    background::{
        background_plan::{BackgroundPlan, DeferredRun},
        background_result::{BackgroundResult, Repeated},
        background_run::BackgroundRun,
        copies::{Copies, RunEvent},
        run_trait::{CallSchedule, ErasedBackgroundRun},
    },
    context::{EmitGuard, emission_state, log, panic_hook::catch_panic},
    handler::{BackgroundCall, ErasedEventRef},
    primitives::drop_catching,
    result::{Cause, Failure, Undelivered},
};

impl<E: RunEvent> BackgroundRun<E> {
    /// Schedules the calls that are to be made later, if there are some. Returns how many failed calls are repeated.
    #[inline]
    pub(crate) fn schedule_next_calls(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> usize {
        if self.is_uncommon() {
            self.schedule_some(schedule)
        } else {
            0
        }
    }

    #[cold]
    #[inline(never)]
    fn schedule_some(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> usize {
        let Some((info, plan)) = self
            .info_and_plan()
            .filter(|_| self.result.has_next_calls())
        else {
            return 0;
        };
        let guard = EmitGuard::reenter(info, self.state());
        let this = self.project();
        let calls = this.result.take_next_calls();
        let mut repeated = 0;
        if let Some(subject) = this.futures.subject()
            && let Some(event) = subject.erased()
        {
            let event_copy = subject.as_copy();
            let cell = this.copy;
            let source = EventSource {
                event,
                copies: Copies { event_copy, cell },
                call: this.futures.call(),
            };
            repeated = schedule_calls(calls, &plan, source, schedule, this.result);
        }
        if let Some(guard) = &guard {
            guard.store(this.state);
        }
        repeated
    }
}

/// The event of a run, as it is copied.
struct EventSource<'a, 's> {
    event: ErasedEventRef<'s>,
    copies: Copies<'a, 's>,
    call: &'s BackgroundCall,
}

/// Schedules calls of handlers of that plan. Returns how many failed calls are repeated. The emission is the innermost one
/// of this thread.
fn schedule_calls(
    calls: Vec<(usize, Option<Repeated>, NextCall)>,
    plan: &Arc<BackgroundPlan>,
    mut source: EventSource<'_, '_>,
    schedule: &dyn CallSchedule,
    result: &mut BackgroundResult,
) -> usize {
    let mut repeated = 0;
    for (number, cause, next) in calls {
        let (delay, slot) = (next.delay, next.slot);
        if let Some(replaced) = next.replaced {
            schedule.unschedule(replaced);
        }
        let call = source.call.of_attempt(next.attempt, Some(next.carried));
        let deferred = DeferredRun {
            plan: Arc::clone(plan),
            selected: vec![number],
            call,
            state: emission_state(plan.takes_emission()),
        };
        let scheduled = copy(number, deferred, plan, &mut source).and_then(|run| {
            let scheduled = schedule.schedule(run, delay, cause.is_some());
            scheduled.map_err(Cause::Undelivered)
        });
        let subscriber = &plan.subscribers()[number];
        let emission = source.call.failed_emission();
        match (scheduled, cause) {
            (Ok(key), cause) => {
                if let Some(key) = slot.set_scheduled(key) {
                    schedule.unschedule(key);
                }
                if let Some(repeated_for) = cause {
                    repeated += 1;
                    let failure = match repeated_for {
                        Repeated::Failure(failure) => failure,
                        Repeated::Cause(cause) => {
                            Failure::new(Arc::clone(subscriber), cause, emission.with_next())
                        }
                    };
                    plan.policy.report(&failure);
                    log::repeated(&failure, delay);
                    result.add_repeated(number, failure);
                }
            }
            (Err(refused), Some(cause)) => {
                log::not_repeated(subscriber, &refused);
                drop_catching(refused);
                let failure = match cause {
                    Repeated::Failure(failure) => failure.without_next(),
                    Repeated::Cause(cause) => Failure::new(Arc::clone(subscriber), cause, emission),
                };
                plan.policy.report(&failure);
                result.fail(number, failure);
            }
            (Err(refused), None) => {
                let failure = plan.policy.fail(Arc::clone(subscriber), refused, emission);
                result.fail(number, failure);
            }
        }
    }
    repeated
}

/// The run of a clone of the event.
fn copy(
    number: usize,
    deferred: DeferredRun,
    plan: &BackgroundPlan,
    source: &mut EventSource<'_, '_>,
) -> Result<Pin<Box<dyn ErasedBackgroundRun>>, Cause> {
    let handler = plan.handler(number);
    if handler.takes_copy()
        && let Some(view) = plan.view()
    {
        let copy = source
            .copies
            .copy(source.event, source.call.origin(), view)?;
        return Ok(Box::pin(BackgroundRun::of_snapshot(copy, deferred)));
    }
    let copied = catch_panic(|| handler.copy(source.event, deferred)).map_err(Cause::Panic)?;
    copied.ok_or(Cause::Undelivered(Undelivered::NotCopied))
}
