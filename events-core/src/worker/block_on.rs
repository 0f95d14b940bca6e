//! Waiting for a future on the thread that it is on.

use std::{
    hint,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Wake, Waker},
    thread::{self, Thread},
    time::Instant,
};

/// So often does it look whether it was woken before it parks, each time after twice as many turns of
/// a loop: to park and to be unparked takes the time of many events.
const SPINS: u32 = 7;

/// And so often after that, with others having the processor in between.
const YIELDS: u32 = 4;

/// Unparks a thread.
struct Unpark {
    thread: Thread,
    woken: AtomicBool,
}

impl Unpark {
    /// Whether it is woken soon.
    fn is_woken_soon(&self) -> bool {
        for turn in 0..SPINS + YIELDS {
            if self.woken.load(Ordering::Relaxed) {
                return true;
            }
            if turn < SPINS {
                (0..1 << turn).for_each(|_| hint::spin_loop());
            } else {
                thread::yield_now();
            }
        }
        self.woken.load(Ordering::Relaxed)
    }
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

/// Polls until it is ready, or until the deadline; parks the thread in between.
pub(crate) fn block_on_until<T>(
    mut poll: impl FnMut(&Waker) -> Poll<T>,
    deadline: Option<Instant>,
) -> Option<T> {
    let unpark = Arc::new(Unpark {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&unpark));
    loop {
        // Whoever wakes it from here on is heard: by this flag, or by the thread that does not park.
        unpark.woken.store(false, Ordering::Relaxed);
        if let Poll::Ready(value) = poll(&waker) {
            return Some(value);
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        if unpark.is_woken_soon() {
            continue;
        }
        match left {
            None => thread::park(),
            Some(left) => thread::park_timeout(left),
        }
    }
}
