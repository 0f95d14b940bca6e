//! Blocking the current thread on a future or a poll function, and a thread that runs one future.

use std::{
    future::Future,
    hint,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Instant,
};

/// How often the thread checks for a wake-up in a spin loop before it yields, with twice as many spins
/// each time: parking and unparking takes the time of many events.
const SPINS: u32 = 7;

/// How often it then checks, with a yield of the processor each time, before it parks.
const YIELDS: u32 = 4;

/// The waker of a blocked thread.
struct ThreadWaker {
    thread: Thread,
    woken: AtomicBool,
}

impl ThreadWaker {
    /// Spins and yields for a while; returns whether the thread was woken.
    fn is_woken_soon(&self) -> bool {
        for attempt in 0..SPINS + YIELDS {
            if self.woken.load(Ordering::Relaxed) {
                return true;
            }
            if attempt < SPINS {
                (0..1 << attempt).for_each(|_| hint::spin_loop());
            } else {
                thread::yield_now();
            }
        }
        self.woken.load(Ordering::Relaxed)
    }
}

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

/// Runs a future on a thread of its own, which is not joined.
///
/// # Panics
///
/// When the system cannot create a thread. `what` names the future in the message.
#[track_caller]
pub(crate) fn spawn_thread<F>(name: &str, what: &str, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let builder = thread::Builder::new().name(name.to_owned());
    if let Err(error) = builder.spawn(|| block_on(future, || false)) {
        panic!("cannot spawn the thread of {what}: {error}");
    }
}

/// Why a blocking call returns without a result.
pub(super) enum NotReady {
    /// The deadline has passed.
    Deadline,
    /// The thread must not be blocked.
    Refused,
}

/// Polls the future until it is ready, and parks the thread in between. `None` if the thread would have to be
/// blocked, and `is_refused` returns that it must not be.
pub(super) fn block_on<F: Future>(future: F, is_refused: impl Fn() -> bool) -> Option<F::Output> {
    let mut future = pin!(future);
    let poll = |waker: &Waker| future.as_mut().poll(&mut Context::from_waker(waker));
    block_on_until(poll, None, is_refused).ok()
}

/// Polls until the result is ready or the deadline has passed, and parks the thread in between. Calls
/// `is_refused` each time before it blocks the thread, and blocks it only if that returns false.
pub(super) fn block_on_until<T>(
    mut poll: impl FnMut(&Waker) -> Poll<T>,
    deadline: Option<Instant>,
    is_refused: impl Fn() -> bool,
) -> Result<T, NotReady> {
    let thread_waker = Arc::new(ThreadWaker {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&thread_waker));
    loop {
        // No wake-up from here on is lost: the flag or the park token of the thread records it.
        thread_waker.woken.store(false, Ordering::Relaxed);
        if let Poll::Ready(value) = poll(&waker) {
            return Ok(value);
        }
        let remaining = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if remaining.is_some_and(|remaining| remaining.is_zero()) {
            return Err(NotReady::Deadline);
        }
        if !thread_waker.woken.load(Ordering::Relaxed) && is_refused() {
            return Err(NotReady::Refused);
        }
        if thread_waker.is_woken_soon() {
            continue;
        }
        match remaining {
            None => thread::park(),
            Some(remaining) => thread::park_timeout(remaining),
        }
    }
}
