//! The call of the handler that a [`Starter`] starts, through the middleware.

use std::{any::Any, sync::Arc};

use crate::background::{
    background_plan::Starter,
    wrapped::{Callee, call_wrapped},
};

impl<'s> Starter<'_, 's> {
    /// Calls the current handler through the middleware.
    #[cold]
    #[inline(never)]
    pub(in crate::background) fn run_wrapped(&mut self, callee: Callee<'s>) {
        let Some(middlewares) = self.middlewares.clone() else {
            return;
        };
        let subscriber = Arc::clone(self.current_subscriber());
        let call = self.call();
        let polled = self
            .start
            .run(|| call_wrapped(middlewares, subscriber, call, callee));
        self.record(polled);
    }

    /// The filter of the current handler panicked.
    #[cold]
    pub(in crate::background) fn end_filter(&mut self, payload: Box<dyn Any + Send>) {
        if self.middlewares.is_some() {
            self.run_wrapped(Callee::Ended(Err(payload)));
        } else {
            self.end(Err(payload));
        }
    }
}
