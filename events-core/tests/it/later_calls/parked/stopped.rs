//! A shutdown at its deadline, and an event that waits for a permit which the shutdown releases.

use std::{
    future::{Future, pending},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{__testing::TestTime, Emission, Registry, subscriber, subscribers};

use crate::{
    Journal,
    later_calls::{RETRY, Work},
};

#[subscriber(concurrency = 1, retry = RETRY)]
async fn one(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

/// Never ends with the event that waits, which a driver keeps for it: it is not parked.
#[subscriber]
async fn keeps(work: &Work) {
    if work.number == 2 {
        pending::<()>().await;
    }
}

/// A worker that another thread polls as soon as it is woken, and before the wake-up returns.
struct PolledAtOnce<F>(Mutex<Pin<Box<F>>>);

impl<F: Future<Output = ()> + Send + 'static> PolledAtOnce<F> {
    /// Unless it is being polled.
    fn poll(self: &Arc<Self>) -> Option<Poll<()>> {
        let mut future = self.0.try_lock().ok()?;
        let waker = Waker::from(Arc::clone(self));
        Some(future.as_mut().poll(&mut Context::from_waker(&waker)))
    }
}

impl<F: Future<Output = ()> + Send + 'static> Wake for PolledAtOnce<F> {
    fn wake(self: Arc<Self>) {
        thread::scope(|scope| _ = scope.spawn(|| self.poll()).join());
    }
}

#[test]
fn no_worker_starts_an_event_whose_permit_the_shutdown_releases() {
    let registry = Registry::with(subscribers![one, keeps]);
    let _clock = TestTime::stop(&registry);
    let journal = Journal::default();
    let worker = Arc::new(PolledAtOnce(Mutex::new(Box::pin(registry.queue().work(1)))));
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    for _ in 0..10 {
        assert_eq!(worker.poll(), Some(Poll::Pending));
    }
    assert_eq!(journal.take(), ["1.1"]);
    assert_eq!(registry.queue().stats().parked, 0);
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(journal.take(), [""; 0]);
    assert_eq!(unfinished.events.len(), 2);
    assert_eq!(worker.poll(), Some(Poll::Ready(())));
}
