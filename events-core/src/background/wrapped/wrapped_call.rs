//! The call of an awaited or background handler through the middleware of its registry.
//!
//! Only a registry with middleware boxes the handler's future for it. The future of the call returns the outcome that the
//! middleware decided on as the error of a step, so that handlers without middleware have the results that they had.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

use super::{callee::Callee, step_outcome::StepOutcome};
use crate::{
    background::{
        background_result::StepFuture,
        policies::{CallEnd, NextCall},
    },
    context::{EmissionSource, OwnSubscription, panic_hook},
    handler::{BackgroundCall, Step},
    metadata::SubscriberInfo,
    policy::{CallData, Entries, Middleware, WrappedCall},
    primitives::{clear_catching, sync::lock},
    result::{Cause, SkipReason, SubscriberOutcome},
};

/// Calls a handler through the middleware. The emission is the innermost one of this thread whenever this is polled.
pub(crate) async fn call_wrapped(
    middlewares: Entries<dyn Middleware>,
    subscriber: Arc<SubscriberInfo>,
    call: &BackgroundCall,
    callee: Callee<'_>,
) -> Step {
    let wrapped = WrappedCall::new(
        middlewares,
        subscriber,
        call.emission(OwnSubscription::default()),
    );
    let data = wrapped.data();
    let next = Mutex::new(None);
    let handler = Box::pin(outcome_of(&data, callee, &next));
    match wrapped.run(&data, handler).await {
        SubscriberOutcome::Ran => Step::Done,
        outcome => {
            let next = lock(&next).take();
            Step::Failed(Box::new(StepOutcome { outcome, next }))
        }
    }
}

/// The outcome of the handler itself.
///
/// A call that it requests is stored in `next`. It is made only if the outcome that middleware returns is still that of a
/// call which is made later.
async fn outcome_of(
    data: &CallData<'_>,
    callee: Callee<'_>,
    next: &Mutex<Option<NextCall>>,
) -> SubscriberOutcome {
    data.set_called();
    let ended = match callee {
        Callee::Handler(future) => poll_catching(data, future).await,
        Callee::Ended(ended) => ended,
    };
    let cause = match ended {
        Ok(Step::Done) => return SubscriberOutcome::Ran,
        Ok(Step::Stop) => return SubscriberOutcome::Stopped,
        Ok(Step::Skipped) => return SubscriberOutcome::Skipped(data.skip_reason()),
        Ok(Step::Failed(error)) => match error.downcast::<CallEnd>().map(|end| *end) {
            Err(error) => Cause::of(error),
            Ok(CallEnd::Failed(cause)) => cause,
            Ok(CallEnd::Repeat(cause, later)) => {
                *lock(next) = Some(later);
                return SubscriberOutcome::Retrying(data.failure_with_next(cause));
            }
            Ok(CallEnd::Replaced) => {
                return SubscriberOutcome::Skipped(SkipReason::Replaced);
            }
            Ok(CallEnd::Debounce(later)) => {
                *lock(next) = Some(later);
                return SubscriberOutcome::Deferred;
            }
        },
        Err(payload) => Cause::Panic(panic_hook::into_panic(payload)),
    };
    SubscriberOutcome::Failed(data.failure(cause))
}

/// The failure of a call that middleware polls while its emission is not the innermost one of the thread: what the handler
/// emits would go to another registry, and out of its unit of work.
const OUTSIDE: &str = "middleware polls the call outside of its emission, as on another thread; poll the future of `next.run()` in the \
                       future that `call_async` returns, and let other threads do other work";

/// Polls a handler's future, and catches its panics, also that of its `Drop`.
async fn poll_catching(
    data: &CallData<'_>,
    future: Pin<Box<dyn StepFuture + '_>>,
) -> thread::Result<Step> {
    struct Caught<'s>(Option<Pin<Box<dyn StepFuture + 's>>>);
    impl Drop for Caught<'_> {
        fn drop(&mut self) {
            clear_catching(&mut self.0);
        }
    }
    let mut caught = Caught(Some(future));
    let ended = poll_fn(|context| {
        let Some(future) = &mut caught.0 else {
            return Poll::Ready(Ok(Step::Skipped));
        };
        if !data.is_entered() {
            return Poll::Ready(Ok(Step::Failed(OUTSIDE.into())));
        }
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    })
    .await;
    drop(caught);
    ended
}
