//! A tracing span whose callbacks may panic.
//!
//! Creating, entering, leaving and closing a span calls the code that receives it, such as a tracing layer. A panic of
//! that code is caught, as that of a record is: if it unwound, an event in progress could be lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{Span, span::Entered};

use crate::primitives::{CatchDrop, catch_record, drop_catching};

/// A tracing span, or none.
pub(crate) struct CatchSpan(Option<CatchDrop<Span>>);

/// Until this is dropped, the span is entered.
pub(crate) type EnteredSpan<'s> = CatchDrop<Entered<'s>>;

impl CatchSpan {
    /// No span.
    pub(crate) const NONE: Self = Self(None);

    /// The span that the function creates, or none if that panics.
    pub(crate) fn new(create: impl FnOnce() -> Span) -> Self {
        let span = catch_unwind(AssertUnwindSafe(create)).map_err(drop_catching);
        let span = span.ok().filter(|span| !span.is_none());
        Self(span.map(CatchDrop::new))
    }

    /// The current span of this thread.
    pub(crate) fn current() -> Self {
        Self::new(Span::current)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Enters the span until the guard is dropped. If entering it panics, it is left at once.
    #[inline]
    pub(crate) fn enter(&self) -> Option<EnteredSpan<'_>> {
        self.0.as_deref().and_then(enter)
    }

    /// Calls a function inside the span.
    pub(crate) fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        f()
    }
}

fn enter(span: &Span) -> Option<EnteredSpan<'_>> {
    match catch_unwind(AssertUnwindSafe(|| span.enter())) {
        Ok(entered) => Some(CatchDrop::new(entered)),
        Err(payload) => {
            drop_catching(payload);
            // Other layers of the same subscriber may have entered it.
            catch_record(|| _ = span.with_subscriber(|(id, subscriber)| subscriber.exit(id)));
            None
        }
    }
}
