//! How the handlers that a [`Starter`] starts end: what of it is counted and what is recorded in the result.

use std::{sync::Arc, thread};

use crate::{
    background::{background_plan::Starter, background_result::FirstPoll},
    handler::Step,
    result::Cause,
};

impl Starter<'_, '_> {
    #[cold]
    pub(in crate::background) fn record_skip(&mut self) {
        let number = self.current_number();
        let subscriber = &self.plan.subscribers()[number];
        self.result.skip(number, subscriber, self.call.origin());
    }

    #[inline(always)]
    pub(in crate::background) fn record(&mut self, polled: FirstPoll) {
        match polled {
            FirstPoll::Done => {}
            FirstPoll::Skipped => self.skip(),
            FirstPoll::Pending => self.set_pending(),
            FirstPoll::Ended(ended) => self.end(*ended),
        }
    }

    #[cold]
    #[inline(never)]
    fn set_pending(&mut self) {
        self.uncounted += 1;
        self.start.set_last_number(self.current_number());
    }

    #[cold]
    #[inline(never)]
    pub(in crate::background) fn end(&mut self, ended: thread::Result<Step>) {
        self.uncounted += 1;
        self.start.keep_alive(); // a call may be repeated
        let number = self.current_number();
        let subscriber = &self.plan.subscribers()[number];
        self.result
            .end(number, subscriber, ended, self.call, &self.plan.policy);
    }

    #[cold]
    pub(in crate::background) fn fail(&mut self, cause: Cause) {
        self.uncounted += 1;
        let number = self.current_number();
        let subscriber = Arc::clone(self.current_subscriber());
        let emission = self.call.failed_emission();
        let failure = self.plan.policy.fail(subscriber, cause, emission);
        self.result.fail(number, failure);
    }
}
