//! The chain of handlers: each runs, and then calls the next one itself.
//!
//! A loop over function pointers pays two taken branches a handler, out and back. Here the call of
//! the next handler is the last thing that a handler does, so that the compiler can make it a jump:
//! for handlers that inline this halves the time. Where a handler's frame cannot be given up early
//! (its locals escape) the calls nest instead, so the dispatch cuts the chain every few links.
//!
//! A handler that panics leaves its position behind while the stack unwinds; that code lies beside
//! the path and costs nothing when nobody panics.

use std::{mem, ops::ControlFlow};

use super::{Run, Step};
use crate::event::Family;

/// A handler in its place.
pub(crate) type Link<F> = Box<dyn Handle<F>>;

/// What can be called with the events of a family.
pub(crate) trait Handle<F: Family>: Send + Sync {
    /// Runs this handler, and then the rest of the chain.
    fn call(&self, event: &mut F::Of<'_>, run: &Run<'_>, rest: &[Link<F>]);

    /// The same handler for another plan.
    fn duplicate(&self) -> Link<F>;
}

/// A closure as a handler.
#[derive(Debug)]
pub(crate) struct Wired<H>(pub(crate) H);

impl<F, H> Handle<F> for Wired<H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Clone + Send + Sync + 'static,
{
    #[inline]
    fn call(&self, event: &mut F::Of<'_>, run: &Run<'_>, rest: &[Link<F>]) {
        let position = Position {
            run,
            rest: rest.len(),
        };
        // Nothing that has a `Drop` may outlive this statement: the call below must stay the last.
        let flow = match (self.0)(event, run) {
            Step::Done => ControlFlow::Continue(()),
            step => run.settle(step, rest.len()),
        };
        mem::forget(position);
        if flow.is_break() {
            return;
        }
        if let Some((next, rest)) = rest.split_first() {
            next.call(event, run, rest);
        }
    }

    fn duplicate(&self) -> Link<F> {
        Box::new(Self(self.0.clone()))
    }
}

/// Dropped only while its handler unwinds: a handler that returns forgets it.
struct Position<'a, 'r> {
    run: &'a Run<'r>,
    rest: usize,
}

impl Drop for Position<'_, '_> {
    fn drop(&mut self) {
        self.run.unwinding(self.rest);
    }
}
