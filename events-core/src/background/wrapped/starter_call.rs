//! The call of the handler that a [`Starter`] starts, through the middleware.

use std::{any::Any, sync::Arc};

use super::{callee::Callee, wrapped_call::call_wrapped};
use crate::{background::background_plan::Starter, handler::Step};

impl<'s> Starter<'_, 's> {
    /// Calls the current handler through the middleware.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn run_wrapped(&mut self, callee: Callee<'s>) {
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
