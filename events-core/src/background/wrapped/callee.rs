//! What a call through middleware calls in the end.

use std::{pin::Pin, thread};

use crate::{background::background_result::StepFuture, handler::Step};

/// What calls a handler, or what became of it before it was called.
pub(crate) enum Callee<'s> {
    Handler(Pin<Box<dyn StepFuture + 's>>),
    /// It was skipped, or its filter panicked.
    Ended(thread::Result<Step>),
}

impl<'s> Callee<'s> {
    /// A handler that runs once, if this function claims its permit, which is not claimed if middleware does not call the
    /// handler.
    pub(crate) fn once(
        claim: &'s (dyn Fn() -> bool + Send + Sync),
        future: Pin<Box<dyn StepFuture + 's>>,
    ) -> Self {
        Self::Handler(Box::pin(async move {
            if claim() { future.await } else { Step::Skipped }
        }))
    }
}
