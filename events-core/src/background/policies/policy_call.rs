//! A call of a handler with policies, apart from the handler itself: it has a permit, if the handler has a limit; it ends
//! at its timeout; and if it fails, it may be repeated.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    call_end::{CallEnd, NextCall},
    call_state::{CallState, CarriedCall},
    limit::{KeyHash, Permit, Refused, WouldNeverEnd, acquire, address},
};
use crate::{
    context::{LimitedCallGuard, panic_hook, topics},
    handler::{BackgroundCall, Step},
    result::{Cause, RefusedCall, TimedOut, Undelivered, WaitsForItself},
    time::Sleep,
};

/// A call that has begun.
pub(super) struct PolicyCall<'a> {
    state: &'a Arc<CallState>,
    attempt: u32,
    permit: Option<Permit>,
    /// Until its timeout.
    sleep: Option<Sleep>,
    /// Whether the panic of the handler is caught: another attempt may follow.
    may_repeat: bool,
}

/// How a call has ended.
pub(super) enum Ended {
    Returned(Step),
    Panicked(Box<dyn Any + Send>),
    TimedOut,
}

impl<'a> PolicyCall<'a> {
    /// Waits until the handler may be called. An error if it is not to be called.
    pub(super) async fn begin(
        state: &'a Arc<CallState>,
        call: &BackgroundCall,
        carried: Option<CarriedCall>,
        key: Option<KeyHash>,
    ) -> Result<Self, Step> {
        let is_scheduled = carried.is_some();
        if !is_scheduled && let Some(quiet) = state.policies().debounce {
            let (slot, carried) = state.last_event(key);
            return Err(failed(CallEnd::Debounce(NextCall {
                delay: quiet,
                attempt: 1,
                slot,
                carried: Box::new(carried),
            })));
        }
        let mut permit = None;
        if let Some(carried) = carried {
            permit = carried.begin().ok_or_else(|| failed(CallEnd::Replaced))?;
        }
        if permit.is_none()
            && let Some(semaphore) = state.semaphore()
        {
            let acquired = acquire(semaphore, key, call).await;
            permit = Some(acquired.map_err(|refused| match refused {
                Refused::WouldNeverEnd(WouldNeverEnd { is_of_key }) => {
                    Step::Failed(Box::new(RefusedCall::WaitsForItself(WaitsForItself {
                        limit: if is_of_key { 1 } else { semaphore.limit() },
                        is_of_key,
                        chain: topics(),
                    })))
                }
                Refused::BacklogFull { capacity } => {
                    let why = Undelivered::BacklogFull { capacity };
                    failed(CallEnd::Failed(Cause::Undelivered(why)))
                }
            })?);
        }
        // The handler may have been unsubscribed while this call waited.
        if state.is_closed() {
            return Err(Step::Skipped);
        }
        let attempt = call.attempt();
        Ok(Self {
            state,
            attempt,
            permit,
            sleep: state.deadline(),
            may_repeat: state.delay_after(attempt).is_some(),
        })
    }

    /// Polls the handler, and then whether its time is over.
    pub(super) fn poll(
        &mut self,
        waker: &Waker,
        handler: &mut dyn FnMut() -> Poll<Step>,
    ) -> Poll<Ended> {
        let polled = {
            let semaphore = self.state.semaphore();
            let _polled = semaphore.map(|semaphore| LimitedCallGuard::enter(address(semaphore)));
            if self.may_repeat {
                match catch_unwind(AssertUnwindSafe(handler)) {
                    Ok(polled) => polled,
                    Err(payload) => return Poll::Ready(Ended::Panicked(payload)),
                }
            } else {
                handler()
            }
        };
        if let Poll::Ready(step) = polled {
            return Poll::Ready(Ended::Returned(step));
        }
        match &mut self.sleep {
            Some(sleep) => sleep.poll(waker).map(|()| Ended::TimedOut),
            None => Poll::Pending,
        }
    }

    /// The step of a call that has ended; its future is dropped.
    pub(super) fn end(self, ended: Ended) -> Step {
        let error = match ended {
            Ended::Returned(Step::Failed(error)) => error,
            Ended::Returned(step) => return step,
            Ended::Panicked(payload) => {
                return self.end_failed(Cause::Panic(panic_hook::into_panic(payload)));
            }
            Ended::TimedOut => {
                let after = self.state.policies().timeout.unwrap_or_default();
                return self.end_failed(Cause::TimedOut(TimedOut { after }));
            }
        };
        if self.may_repeat {
            self.end_failed(Cause::of(error))
        } else {
            Step::Failed(error)
        }
    }

    fn end_failed(self, cause: Cause) -> Step {
        let delay = self.state.delay_after(self.attempt);
        let Some(delay) = delay.filter(|_| cause.is_repeatable()) else {
            return failed(CallEnd::Failed(cause));
        };
        let (slot, carried) = self.state.repeated(self.permit);
        let next = NextCall {
            delay,
            attempt: self.attempt.saturating_add(1),
            slot,
            carried: Box::new(carried),
        };
        failed(CallEnd::Repeat(cause, next))
    }
}

fn failed(end: CallEnd) -> Step {
    Step::Failed(Box::new(end))
}
