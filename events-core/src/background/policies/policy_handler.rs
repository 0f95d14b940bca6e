//! A background handler with policies: a limit on its concurrent calls, also for each key, a timeout, repetitions of
//! failed calls, and calls that wait until no further event comes. The code here is compiled for each handler with
//! policies, so it is short.
//!
//! A call acquires a permit of a fair semaphore before it runs the handler, and releases it afterwards. Each
//! holder of a permit is recorded with the id of its emission.
//!
//! A handler that awaits an emit of its own event, directly or through other events, polls the new call
//! inside the one in progress: the thread's stack of emits shows the emission of the latter, and that a call of
//! this handler is being polled in it. So the semaphore recognizes calls that would wait for themselves. A call
//! that is awaited in another way, such as through a task that the handler spawns, is not on the stack and not
//! recognized; nor are two handlers that wait for each other from two tasks.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    call_state::{CallState, CarriedCall},
    limit::KeyFn,
    policy_call::PolicyCall,
};
use crate::{
    handler::{Background, BackgroundCall, Step},
    primitives::catch_drop,
    time::TimeKey,
};

/// A handler with policies.
#[doc(hidden)]
pub struct PolicyHandler<E, H> {
    state: Arc<CallState>,
    key: Option<KeyFn<E>>,
    handler: H,
}

impl<E, H> PolicyHandler<E, H> {
    pub(crate) fn new(state: Arc<CallState>, key: Option<KeyFn<E>>, handler: H) -> Self {
        Self {
            state,
            key,
            handler,
        }
    }
}

impl<E, H> fmt::Debug for PolicyHandler<E, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyHandler").field(&self.state).finish()
    }
}

impl<E: Sync + 'static, H: Background<E>> Background<E> for PolicyHandler<E, H> {
    async fn call<'a>(&'a self, event: &'a E, call: &'a BackgroundCall) -> Step {
        let carried = CarriedCall::of(call);
        let key = match (&carried, &self.key) {
            (None, Some(key)) => Some(key.call(event)),
            (None, None) => None,
            (Some(carried), _) => carried.key(),
        };
        let mut run = match PolicyCall::begin(&self.state, call, carried, key).await {
            Ok(run) => run,
            Err(step) => return step,
        };
        let mut called = pin!(Some(self.handler.call(event, call)));
        let ended = poll_fn(|context| {
            let waker = context.waker();
            run.poll(waker, &mut || match called.as_mut().as_pin_mut() {
                Some(called) => called.poll(&mut Context::from_waker(waker)),
                None => Poll::Ready(Step::Skipped),
            })
        })
        .await;
        // While the permit is held: what a call leaves behind is a part of it.
        catch_drop::<dyn Future<Output = Step>>(|| called.set(None));
        run.end(ended)
    }

    fn close(&self) -> Vec<TimeKey> {
        self.state.close()
    }

    fn backlog(&self) -> usize {
        self.state.backlog()
    }
}
