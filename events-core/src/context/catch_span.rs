//! A tracing span whose callbacks may panic.
//!
//! Creating, entering, leaving and closing a span calls the code that receives it, such as a tracing layer. A panic of
//! that code is caught, as that of a record is: if it unwound, an event in progress could be lost. Each of these calls is
//! a [`TracingCall`], and counts as a nested one where that code emits: if too many are nested, no span is created or
//! entered.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{Span, span::Entered};

use crate::primitives::{TracingCall, catch_drop, catch_tracing, drop_catching};

/// A tracing span, or none.
pub(crate) struct CatchSpan(Option<Span>);

/// Until this is dropped, the span is entered.
pub(crate) struct EnteredSpan<'s>(Option<Entered<'s>>);

impl CatchSpan {
    /// No span.
    pub(crate) const NONE: Self = Self(None);

    /// The span that the function creates, or none if that panics.
    pub(crate) fn new(create: impl FnOnce() -> Span) -> Self {
        Self(catch_tracing(create).filter(|span| !span.is_none()))
    }

    /// The current span of this thread.
    pub(crate) fn current() -> Self {
        Self::new(Span::current)
    }

    /// Records that the span follows from the current one of this thread.
    pub(crate) fn follow_current(&self) {
        if let Some(span) = &self.0 {
            catch_tracing(|| _ = span.follows_from(Span::current().id()));
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Enters the span until the guard is dropped. If entering it panics, it is left at once.
    #[inline]
    pub(crate) fn enter(&self) -> Option<EnteredSpan<'_>> {
        self.0.as_ref().and_then(enter)
    }

    /// Calls a function inside the span.
    pub(crate) fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        f()
    }
}

fn enter(span: &Span) -> Option<EnteredSpan<'_>> {
    let entered = catch_tracing(|| {
        let entered = catch_unwind(AssertUnwindSafe(|| span.enter()));
        entered.map_err(|payload| {
            drop_catching(payload);
            // Other layers of the same subscriber may have entered it.
            span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
        })
    });
    let entered = entered?.ok()?;
    Some(EnteredSpan(Some(entered)))
}

impl Drop for CatchSpan {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            clear(&mut self.0);
        }
    }
}

impl Drop for EnteredSpan<'_> {
    fn drop(&mut self) {
        clear(&mut self.0);
    }
}

/// Closes or leaves a span, no matter how many such calls are nested: each belongs to a span that was created or entered.
fn clear<T>(span: &mut Option<T>) {
    catch_drop::<T>(|| {
        let _call = TracingCall::enter();
        *span = None;
    });
}
