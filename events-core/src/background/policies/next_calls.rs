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
        run_trait::{CallSchedule, ErasedBackgroundRun, NextCalls},
    },
    context::{EmitGuard, emission_state, log, panic_hook::catch_panic},
    handler::{BackgroundCall, EmitOrigin, ErasedEventRef},
    primitives::drop_catching,
    result::{Cause, Failure, SubscriberOutcome, Undelivered},
};

impl<E: RunEvent> BackgroundRun<E> {
    /// Schedules the calls that are to be made later, if there are some. Returns how many it has scheduled.
    #[inline]
    pub(crate) fn schedule_next_calls(
        self: Pin<&mut Self>,
        schedule: &dyn CallSchedule,
    ) -> NextCalls {
        if self.is_uncommon() {
            self.schedule_some(schedule)
        } else {
            NextCalls::default()
        }
    }

    #[cold]
    #[inline(never)]
    fn schedule_some(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> NextCalls {
        let Some((info, plan)) = self
            .info_and_plan()
            .filter(|_| self.result.has_next_calls())
        else {
            return NextCalls::default();
        };
        let guard = EmitGuard::reenter(info, self.state());
        let this = self.project();
        let calls = this.result.take_next_calls();
        let has_delayed = this.result.take_delayed();
        let mut scheduled = NextCalls::default();
        if let Some(subject) = this.futures.subject()
            && let Some(event) = subject.erased()
        {
            let event_copy = subject.as_copy();
            let cell = this.copy;
            let mut source = EventSource {
                event,
                copies: Copies { event_copy, cell },
                call: this.futures.call(),
            };
            scheduled = schedule_calls(calls, &plan, &mut source, schedule, this.result);
            if has_delayed {
                scheduled.deferred += schedule_delayed(&plan, &mut source, schedule, this.result);
            }
        }
        if let Some(guard) = &guard {
            guard.store(this.state);
        }
        scheduled
    }
}

/// The event of a run, as it is copied.
struct EventSource<'a, 's> {
    event: ErasedEventRef<'s>,
    copies: Copies<'a, 's>,
    call: &'s BackgroundCall,
}

/// Schedules calls of handlers of that plan. Returns how many it has scheduled. The emission is the innermost one of this
/// thread.
fn schedule_calls(
    calls: Vec<(usize, Option<Repeated>, NextCall)>,
    plan: &Arc<BackgroundPlan>,
    source: &mut EventSource<'_, '_>,
    schedule: &dyn CallSchedule,
    result: &mut BackgroundResult,
) -> NextCalls {
    let mut next_calls = NextCalls::default();
    for (number, cause, next) in calls {
        let (delay, slot) = (next.delay, next.slot);
        // One that replaces another takes its part of the capacity.
        let is_limited = !slot.replaces_another();
        let call = source.call.of_attempt(next.attempt, Some(next.carried));
        let deferred = DeferredRun {
            plan: Arc::clone(plan),
            selected: vec![number],
            call,
            state: emission_state(plan.takes_emission()),
        };
        let scheduled = copy(number, deferred, plan, source).and_then(|run| {
            let scheduled = schedule.schedule(run, delay, is_limited);
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
                    next_calls.repeated += 1;
                    schedule.count_repeated();
                    let failure = match repeated_for {
                        Repeated::Failure(failure) => failure,
                        Repeated::Cause(cause) => {
                            Failure::new(Arc::clone(subscriber), cause, emission.with_next())
                        }
                    };
                    plan.policy.report(&failure);
                    log::repeated(&failure, delay);
                    result.add_repeated(number, failure);
                } else {
                    next_calls.deferred += 1;
                    result.add_outcome(number, SubscriberOutcome::Deferred);
                }
            }
            (Err(refused), Some(cause)) => {
                log::not_repeated(&emission.topic, subscriber, &refused);
                drop_catching(refused);
                let failure = match cause {
                    Repeated::Failure(failure) => failure.of_call(subscriber, true),
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
    next_calls
}

/// Schedules the handlers of a plan that have a delay, if their filters accept the event. Returns how many it has scheduled.
fn schedule_delayed(
    plan: &Arc<BackgroundPlan>,
    source: &mut EventSource<'_, '_>,
    schedule: &dyn CallSchedule,
    result: &mut BackgroundResult,
) -> u32 {
    let mut count = 0;
    for (number, subscriber) in plan.subscribers().iter().enumerate() {
        let Some(delay) = subscriber.delay else {
            continue;
        };
        let origin = EmitOrigin::new(source.call.origin());
        let scheduled = match plan.accepts(number, source.event, &origin) {
            Ok(false) => continue,
            Ok(true) => {
                let deferred = DeferredRun {
                    plan: Arc::clone(plan),
                    selected: vec![number],
                    call: source.call.of_attempt(1, None),
                    state: emission_state(plan.takes_emission()),
                };
                copy(number, deferred, plan, source).and_then(|run| {
                    let scheduled = schedule.schedule(run, delay, true);
                    scheduled.map_err(Cause::Undelivered)
                })
            }
            Err(panic) => Err(Cause::Panic(panic)),
        };
        match scheduled {
            Ok(_) => count += 1,
            Err(cause) => {
                let emission = source.call.failed_emission();
                let failure = plan.policy.fail(Arc::clone(subscriber), cause, emission);
                result.fail(number, failure);
            }
        }
    }
    count
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
    let mut deferred = Some(deferred);
    let copied = catch_panic(|| handler.copy(source.event, &mut deferred)).map_err(Cause::Panic)?;
    copied.ok_or(Cause::Undelivered(Undelivered::NotCopied))
}
