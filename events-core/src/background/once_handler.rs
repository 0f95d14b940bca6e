//! A background handler that runs at most once.
//!
//! Its filter only tests the permit of `once`, because an event that passes the filter may still not reach the
//! handler: its snapshot cannot be made or queued, or is returned by a shutdown. The call claims the permit.

use crate::{
    handler::{Background, BackgroundCall, Step},
    time::TimeKey,
};

/// A background handler that runs if `C` claims its permit. A limit on its concurrent calls stands around it,
/// so that a call which waits claims nothing.
#[doc(hidden)]
#[derive(Debug)]
pub struct OnceHandler<C, H> {
    claim: C,
    handler: H,
}

impl<C, H> OnceHandler<C, H> {
    /// `claim` returns whether it has claimed the permit.
    pub fn new(claim: C, handler: H) -> Self {
        Self { claim, handler }
    }
}

impl<E, C, H> Background<E> for OnceHandler<C, H>
where
    E: Sync,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        // A repeated call has claimed the permit before.
        if call.attempt() > 1 || (self.claim)() {
            self.handler.call(event, call).await
        } else {
            Step::Skipped
        }
    }

    fn close(&self) -> Vec<TimeKey> {
        self.handler.close()
    }
}
