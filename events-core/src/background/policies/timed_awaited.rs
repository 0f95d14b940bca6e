//! An awaited handler with a timeout.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use crate::{
    background::awaited::Awaited,
    event::Family,
    handler::{BackgroundCall, Step},
    primitives::catch_drop,
    result::{RefusedCall, TimedOut},
    time::{Clock, Sleep},
};

/// An awaited handler whose calls are dropped after the timeout.
#[doc(hidden)]
pub struct TimedAwaited<H> {
    timeout: Option<Duration>,
    clock: Arc<Clock>,
    handler: H,
}

impl<H> TimedAwaited<H> {
    pub(crate) fn new(timeout: Option<Duration>, clock: &Arc<Clock>, handler: H) -> Self {
        Self {
            timeout,
            clock: Arc::clone(clock),
            handler,
        }
    }
}

impl<H> fmt::Debug for TimedAwaited<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimedAwaited").field(&self.timeout).finish()
    }
}

impl<F: Family, H: Awaited<F>> Awaited<F> for TimedAwaited<H> {
    fn call<'s, 'x: 's>(
        &'s self,
        event: &'s mut F::Of<'x>,
        call: &'s BackgroundCall,
    ) -> impl Future<Output = Step> + Send + 's {
        let called = self.handler.call(event, call);
        async move {
            let after = |timeout| Sleep::until(&self.clock, self.clock.after(timeout));
            let mut sleep = self.timeout.map(after);
            let mut called = pin!(Some(called));
            let ended = poll_fn(|context| {
                if let Some(called) = called.as_mut().as_pin_mut()
                    && let Poll::Ready(step) = called.poll(context)
                {
                    return Poll::Ready(step);
                }
                let (Some(sleep), Some(after)) = (&mut sleep, self.timeout) else {
                    return Poll::Pending;
                };
                sleep
                    .poll(context.waker())
                    .map(|()| Step::Failed(Box::new(RefusedCall::TimedOut(TimedOut { after }))))
            })
            .await;
            catch_drop::<dyn Future<Output = Step>>(|| called.set(None));
            ended
        }
    }

    fn call_in_sync_emit(&self, event: &mut F::Of<'_>) -> Step {
        self.handler.call_in_sync_emit(event)
    }
}
