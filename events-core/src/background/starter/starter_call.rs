//! The call of the handler that a [`Starter`] starts, through the middleware.

use std::{any::Any, pin::Pin, sync::Arc};

use crate::{
    background::{
        background_plan::Starter,
        background_result::StepFuture,
        wrapped::{Callee, call_wrapped},
    },
    handler::Step,
};

impl<'s> Starter<'_, 's> {
    /// Calls the current handler, whose future this is, through the middleware. The arguments are passed in registers, so
    /// that the code of a handler without middleware needs no stack.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn run_handler_wrapped(
        &mut self,
        future: Pin<Box<dyn StepFuture + 's>>,
    ) {
        self.run_wrapped(Callee::Handler(future));
    }

    /// The current handler does not run; the middleware is called nevertheless.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn skip_wrapped(&mut self) {
        self.run_wrapped(Callee::Ended(Ok(Step::Skipped)));
    }

    #[cold]
    #[inline(never)]
    fn run_wrapped(&mut self, callee: Callee<'s>) {
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
            Callee::Ended(Ok(Step::Skipped)) => self.skip_unwrapped(),
            Callee::Ended(ended) => self.end(ended),
        }
    }

    /// The filter of the current handler panicked.
    #[cold]
    pub(in crate::background) fn end_filter(&mut self, payload: Box<dyn Any + Send>) {
        if self.is_wrapped {
            self.run_wrapped(Callee::Ended(Err(payload)));
        } else {
            self.end(Err(payload));
        }
    }
}
