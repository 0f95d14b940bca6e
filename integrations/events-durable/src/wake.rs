//! Waking the workers, of this program and of others.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::Pool;
use tokio::{runtime::Handle, sync::watch, time::sleep};

use crate::{
    spans::{KeptSpan, Spans},
    store::{Engine, NewEvent},
};

/// The text of the span that an emit is in.
pub(crate) type TraceFn = fn() -> Option<String>;

/// The least time between two notifications, each of which is a transaction.
const PAUSE: Duration = Duration::from_millis(10);

/// Wakes the workers when events were stored.
pub(crate) struct Waker<DB: Engine> {
    pool: Pool<DB>,
    /// Changes with each wake-up, so that none is lost.
    woken: watch::Sender<u64>,
    /// Whether something was stored of which other programs are not notified.
    is_asked: AtomicBool,
    /// Whether a task notifies them.
    is_notifying: AtomicBool,
    trace: Option<TraceFn>,
    pub(crate) spans: Arc<Spans>,
}

impl<DB: Engine> Waker<DB> {
    pub(crate) fn new(pool: Pool<DB>, trace: Option<TraceFn>) -> Self {
        let woken = watch::Sender::new(0);
        Self {
            pool,
            woken,
            is_asked: AtomicBool::new(false),
            is_notifying: AtomicBool::new(false),
            trace,
            spans: Arc::default(),
        }
    }

    pub(crate) fn pool(&self) -> &Pool<DB> {
        &self.pool
    }

    pub(crate) fn trace(&self) -> Option<String> {
        self.trace.and_then(|trace| trace())
    }

    /// Keeps the span of the emit for the deliveries of the event, if workers run in this program.
    pub(crate) fn keep_span(&self, event: &NewEvent) -> KeptSpan {
        match self.has_workers() {
            true => self.spans.keep(&event.id, &event.topic),
            false => KeptSpan::none(&self.spans),
        }
    }

    fn has_workers(&self) -> bool {
        self.woken.receiver_count() > 0
    }

    /// A task of the workers ends, which still has its subscription.
    pub(crate) fn worker_ends(&self) {
        if self.woken.receiver_count() <= 1 {
            self.spans.clear();
        }
    }

    /// Wakes the workers of this program.
    pub(crate) fn wake_here(&self) {
        self.woken
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.woken.subscribe()
    }

    /// Wakes the workers of this program, and those of others: at once, and then with at most one notification in each 10 ms.
    pub(crate) fn wake(self: Arc<Self>) {
        self.wake_here();
        let Ok(runtime) = Handle::try_current() else {
            return; // others find it at their next poll
        };
        self.is_asked.store(true, Ordering::SeqCst);
        if !self.is_notifying.swap(true, Ordering::SeqCst) {
            runtime.spawn(async move { self.notify().await });
        }
    }

    /// Notifies other programs until nothing more was stored meanwhile.
    async fn notify(&self) {
        loop {
            let notifying = Notifying(&self.is_notifying);
            while self.is_asked.swap(false, Ordering::SeqCst) {
                let _ = DB::notify(&self.pool).await; // lost ones are found by the poll
                sleep(PAUSE).await;
            }
            drop(notifying);
            // What was stored between the two has started no task.
            if !self.is_asked.load(Ordering::SeqCst)
                || self.is_notifying.swap(true, Ordering::SeqCst)
            {
                return;
            }
        }
    }
}

/// Resets the flag also when the runtime ends.
struct Notifying<'w>(&'w AtomicBool);

impl Drop for Notifying<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl<DB: Engine> fmt::Debug for Waker<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").finish_non_exhaustive()
    }
}
