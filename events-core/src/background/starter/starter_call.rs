//! The call of the handler that a [`Starter`] starts, through the middleware.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
};

use crate::{
    background::{
        background_plan::Starter,
        background_result::StepFuture,
        wrapped::{Callee, call_wrapped},
    },
    handler::Step,
};

impl<'s> Starter<'_, 's> {
    /// Starts one handler through the middleware.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn start_wrapped(&mut self, number: usize) {
        self.begin_segment(number + 1, number + 1);
        let handler = &self.plan.handlers()[number];
        // Of the filter: the panic of the handler is caught where its future is polled.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| handler.start_wrapped(self))) {
            self.call_wrapped(Callee::Ended(Err(payload)));
        }
        self.result.ran += 1 - self.uncounted;
    }

    /// Calls the current handler, whose future this is, through the middleware.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn run_wrapped(&mut self, future: Pin<Box<dyn StepFuture + 's>>) {
        self.call_wrapped(Callee::Handler(future));
    }

    /// The current handler does not run; the middleware is called nevertheless.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn skip_wrapped(&mut self) {
        self.call_wrapped(Callee::Ended(Ok(Step::Skipped)));
    }

    #[cold]
    #[inline(never)]
    fn call_wrapped(&mut self, callee: Callee<'s>) {
        let Some(middlewares) = self.plan.policy.middlewares() else {
            return self.run_unwrapped(callee);
        };
        let subscriber = Arc::clone(self.current_subscriber());
        let call = self.call();
        let polled = self
            .start
            .run(|| call_wrapped(middlewares, subscriber, call, callee));
        self.record(polled);
    }

    /// The middleware was removed meanwhile.
    fn run_unwrapped(&mut self, callee: Callee<'s>) {
        match callee {
            Callee::Handler(future) => {
                let polled = self.start.run(|| future);
                self.record(polled);
            }
            Callee::Ended(Ok(Step::Skipped)) => self.skip(),
            Callee::Ended(ended) => self.end(ended),
        }
    }
}
