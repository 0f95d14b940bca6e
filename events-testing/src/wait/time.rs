//! Settling the queue, and moving time on.

use std::{
    future::poll_fn,
    time::{Duration, Instant},
};

use events_core::__testing;

use crate::{
    events::Events, report::unsettled::unsettled_text, runtime::is_driving_current_thread_runtime,
    state::stopped_time::MovedTime,
};

/// The time after which [`Events::settle`] and [`Events::advance`] fail the test.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(60);

impl Events {
    /// Runs the queued events and deferred subscribers, and waits until all workers are idle; see
    /// [`Queue::settle`](events_core::Queue::settle).
    ///
    /// A handler that fails meanwhile fails the test at its end, unless that is expected; see
    /// [`expect_failure`](Self::expect_failure).
    ///
    /// It does not wait for what is not due yet: events of `enqueue_after`, subscribers with a delay, retries. To let time
    /// pass, call [`advance`](Self::advance). While time stands still, it does not wait for handlers that wait for a time,
    /// either.
    ///
    /// This blocks the thread. In async code use [`settle_async`](Self::settle_async), because a worker
    /// that is a task of this thread, and a handler that awaits its runtime, make no progress while the thread is
    /// blocked. A handler that needs a timer, a task or a socket of tokio panics without a runtime: make the test an
    /// `async fn`, and await `settle_async`.
    ///
    /// # Panics
    ///
    /// When the queue has not settled after 60 seconds; when each event enqueues another one, without an end;
    /// when it is called in a handler that this queue runs, or in which no further emit may be nested; and at once,
    /// with the cargo feature `tokio`, when it would have to wait for an async handler or a worker on the thread that
    /// runs the tasks of a current-thread runtime of tokio, as in an async test.
    #[track_caller]
    pub fn settle(&self) {
        if let Some(mut time) = self.stopped_time() {
            let now = time.now();
            return self.block_until(&mut time, now, "settle()", "settle_async()");
        }
        let start = Instant::now();
        let is_refused = is_driving_current_thread_runtime;
        let is_settled = __testing::settle(&self.registry, SETTLE_TIMEOUT, is_refused);
        self.check_settled(is_settled, start, "settle()", "settle_async()");
    }

    /// [`settle`](Self::settle) without blocking the thread, and without a time limit.
    ///
    /// # Panics
    ///
    /// When each event enqueues another one, without an end; and when it is awaited in a handler that this queue runs,
    /// or in which no further emit may be nested.
    pub async fn settle_async(&self) {
        if let Some(mut time) = self.stopped_time() {
            let now = time.now();
            return self.wait_until(&mut time, now).await;
        }
        let is_settled = self.registry.queue().settle_async().await;
        assert!(is_settled, "{}", unsettled_text(&self.registry, None));
    }

    /// The time of the registry, if it stands still and no handler calls this.
    fn stopped_time(&self) -> Option<MovedTime<'_>> {
        if __testing::is_in_job_of(&self.registry) {
            return None;
        }
        self.mock.time.get()
    }

    /// Stops the time of the test's registry, unless it stands still already. [`advance`](Self::advance) does so as well;
    /// call this first if the test checks what happens before any time has passed.
    ///
    /// Delays, scheduled events, retries and timeouts of this registry follow. Nothing else does: not the time of the
    /// system, and not the timers of tokio. When the mock ends, time passes again.
    pub fn pause_time(&self) {
        drop(self.mock.time.stop(&self.registry));
    }

    /// Lets that time pass: runs what is due, in the order of the due times, and waits until it has run. No real time
    /// passes.
    ///
    /// It goes from one due time to the next: delays, scheduled events, retries, timeouts. At each, it runs everything that
    /// can run, as [`settle`](Self::settle) does; what is scheduled meanwhile is included. Between the calls time stands
    /// still, also for what was scheduled before the first one.
    ///
    /// A handler that waits for its time to come stays in progress: a later call resumes it. A handler that waits for
    /// something else, such as another thread, is waited for, unless another one waits for a time that is to pass: that
    /// time then passes first.
    ///
    /// In async code use [`advance_async`](Self::advance_async).
    ///
    /// With the paused clock of tokio (`start_paused`), do not call it, nor [`pause_time`](Self::pause_time): inside of the
    /// runtime the registry follows that clock by itself, and so do the timers that the code awaits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::Event;
    /// use events_testing::EventMock;
    ///
    /// #[derive(Event)]
    /// struct CartAbandoned;
    ///
    /// #[derive(Event)]
    /// struct MailSent;
    ///
    /// let events = EventMock::install();
    /// events.registry().on(|_: &CartAbandoned| _ = MailSent.emit()).detach();
    ///
    /// CartAbandoned.enqueue_after(Duration::from_secs(3600))?;
    /// events.advance(Duration::from_secs(3599));
    /// events.assert_not_emitted::<MailSent>();
    ///
    /// events.advance(Duration::from_secs(1));
    /// events.assert_emitted::<MailSent>();
    /// # Ok::<(), events_core::queues::QueueFull<CartAbandoned>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`settle`](Self::settle).
    #[track_caller]
    pub fn advance(&self, by: Duration) {
        self.refuse_inside_handler();
        let mut time = self.mock.time.stop(&self.registry);
        let target = time.after(by);
        self.block_until(&mut time, target, "advance(..)", "advance_async(..)");
    }

    /// [`advance`](Self::advance) without blocking the thread, and without a time limit.
    ///
    /// # Panics
    ///
    /// As [`settle_async`](Self::settle_async).
    ///
    /// # Cancellation
    ///
    /// If it is dropped before it is ready, time has passed in part; a handler in progress stays so.
    pub async fn advance_async(&self, by: Duration) {
        self.refuse_inside_handler();
        let mut time = self.mock.time.stop(&self.registry);
        let target = time.after(by);
        self.wait_until(&mut time, target).await;
    }

    async fn wait_until(&self, time: &mut MovedTime<'_>, target: Instant) {
        let is_settled = poll_fn(|context| time.poll_until(target, context.waker())).await;
        assert!(is_settled, "{}", unsettled_text(&self.registry, None));
    }

    #[track_caller]
    fn block_until(&self, time: &mut MovedTime<'_>, target: Instant, call: &str, instead: &str) {
        let start = Instant::now();
        let is_refused = is_driving_current_thread_runtime;
        let is_settled = time.block_until(target, SETTLE_TIMEOUT, is_refused);
        self.check_settled(is_settled, start, call, instead);
    }

    /// Fails the test if the queue did not settle: `None` if that would have blocked the thread of a runtime.
    #[track_caller]
    fn check_settled(&self, is_settled: Option<bool>, start: Instant, call: &str, instead: &str) {
        match is_settled {
            Some(true) => {}
            Some(false) => {
                let has_time_passed = start.elapsed() >= SETTLE_TIMEOUT;
                panic!(
                    "{}",
                    unsettled_text(&self.registry, has_time_passed.then_some(SETTLE_TIMEOUT))
                );
            }
            None => panic!(
                "`{call}` would block the thread of a current-thread runtime of tokio, so that what it waits for \
                 may never proceed; call `events.{instead}.await` instead"
            ),
        }
    }

    #[track_caller]
    fn refuse_inside_handler(&self) {
        assert!(
            !__testing::is_in_job_of(&self.registry),
            "{}",
            unsettled_text(&self.registry, None)
        );
    }
}
