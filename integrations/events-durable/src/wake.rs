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
            // Made here, so that it is dropped also with a task that was not polled.
            let notifying = Notifying(self);
            runtime.spawn(notifying.run());
        }
    }
}

/// The task that notifies other programs; dropped, also by the end of the runtime, another one may.
struct Notifying<DB: Engine>(Arc<Waker<DB>>);

impl<DB: Engine> Notifying<DB> {
    /// Notifies until nothing more was stored meanwhile.
    async fn run(mut self) {
        loop {
            let waker = Arc::clone(&self.0);
            while waker.is_asked.swap(false, Ordering::SeqCst) {
                let _ = DB::notify(&waker.pool).await; // lost ones are found by the poll
                sleep(PAUSE).await;
            }
            drop(self);
            // What was stored between the two has started no task.
            if !waker.is_asked.load(Ordering::SeqCst)
                || waker.is_notifying.swap(true, Ordering::SeqCst)
            {
                return;
            }
            self = Self(waker);
        }
    }
}

impl<DB: Engine> Drop for Notifying<DB> {
    fn drop(&mut self) {
        self.0.is_notifying.store(false, Ordering::SeqCst);
    }
}

impl<DB: Engine> fmt::Debug for Waker<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use sqlx::Sqlite;
    use tokio::runtime::Builder;

    use super::*;

    /// A task that was not polled yet resets the flag as well: another runtime notifies later.
    #[test]
    fn the_end_of_a_runtime_ends_its_notification() {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("it starts");
        let waker = runtime.block_on(async {
            let pool = Pool::<Sqlite>::connect_lazy("sqlite::memory:").expect("it is a URL");
            let waker = Arc::new(Waker::new(pool, None));
            Arc::clone(&waker).wake();
            waker
        });
        assert!(waker.is_notifying.load(Ordering::SeqCst));
        drop(runtime);
        assert!(!waker.is_notifying.load(Ordering::SeqCst));
    }
}
