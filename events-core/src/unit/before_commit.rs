//! The functions that run before the commit.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::error::CommitError;
use crate::{
    context::panic_hook::catch_panic_outside,
    primitives::{CatchDrop, drop_catching},
    result::{BoxError, Panic},
};

/// What a function before the commit returns.
type StepResult = Result<(), BoxError>;

/// A boxed future of one.
type StepFuture = Pin<Box<dyn Future<Output = StepResult> + Send>>;

/// A function that runs before the commit. It may own a handle of its unit: it is called or dropped when the unit ends.
pub(super) enum BeforeCommit {
    Sync(Box<dyn FnOnce() -> StepResult + Send>),
    Async(Box<dyn FnOnce() -> StepFuture + Send>),
}

/// One of which a panic while it is dropped is caught.
pub(super) type BeforeCommitBox = CatchDrop<BeforeCommit>;

impl BeforeCommit {
    /// Calls a function that is not async.
    pub(super) fn call(self) -> Result<(), CommitError> {
        match self {
            Self::Sync(call) => checked(catch_panic_outside(call)),
            Self::Async(call) => {
                drop_catching(call);
                Err(CommitError::NotAwaited)
            }
        }
    }

    /// Calls the function, and awaits it if it is async. A panic of it is caught.
    pub(super) async fn call_async(self) -> Result<(), CommitError> {
        let call = match self {
            Self::Async(call) => call,
            step => return step.call(),
        };
        let future = catch_panic_outside(call).map_err(CommitError::Panicked)?;
        checked(CatchPanics(CatchDrop::new(future)).await)
    }
}

fn checked(result: Result<StepResult, Panic>) -> Result<(), CommitError> {
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(CommitError::BeforeCommit(error)),
        Err(panic) => Err(CommitError::Panicked(panic)),
    }
}

/// A future that is ready with a panic of the one in it.
struct CatchPanics(CatchDrop<StepFuture>);

impl Future for CatchPanics {
    type Output = Result<StepResult, Panic>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = &mut *self.0;
        match catch_panic_outside(|| future.as_mut().poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready(Ok(result)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}
