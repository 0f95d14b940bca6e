//! The poll of a background run by an async emit, which measures the stack: the driver of a job has done that.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{background_plan::BackgroundPlan, background_run::BackgroundRun, copies::RunEvent};
use crate::{
    context::EmitGuard,
    result::{Cause, TooDeep},
};

impl<E: RunEvent> BackgroundRun<E> {
    /// As [`poll`](Self::poll), unless little of the stack is left: then each pending handler ends with a failure. For an
    /// emit; the driver of a job has measured the stack.
    pub(crate) fn poll_measured(self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        let Some(refusal) = EmitGuard::refuses_to_resume(self.futures.call().info()) else {
            return self.poll(waker);
        };
        if let Some((_, plan)) = self.info_and_plan() {
            self.end_all(&plan, &refusal);
        }
        Poll::Ready(())
    }

    /// Ends the handlers that are not complete, each with a failure. If they were resumed with little of the stack left,
    /// they could overflow it; and nothing would poll them again.
    #[cold]
    #[inline(never)]
    fn end_all(mut self: Pin<&mut Self>, plan: &Arc<BackgroundPlan>, refusal: &TooDeep) {
        let this = self.as_mut().project();
        let pending = (0..this.futures.len()).map(|index| this.futures.number(index));
        let numbers: Vec<_> = pending.chain(mem::take(this.not_started)).collect();
        self.as_mut().clear();
        let emission = self.futures.call().failed_emission_outside(self.state());
        let this = self.project();
        for number in numbers {
            let cause = Cause::TooDeep(refusal.clone());
            let subscriber = &plan.subscribers()[number];
            let subscriber = Arc::clone(subscriber);
            let failure = plan.policy.fail(subscriber, cause, emission.clone());
            this.result.fail(number, failure);
        }
    }
}
