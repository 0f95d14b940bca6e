//! What a call through middleware calls in the end.

use std::{pin::Pin, thread};

use crate::{background::background_result::StepFuture, handler::Step};

/// What calls a handler, or what became of it before it was called.
pub(crate) enum Callee<'s> {
    Handler(Pin<Box<dyn StepFuture + 's>>),
    /// It was skipped, or its filter panicked.
    Ended(thread::Result<Step>),
}
