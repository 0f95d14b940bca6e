//! Running what waits, until nothing does.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{
    block_on::block_on_until,
    driver::{Driver, Until},
    queue_handle::Queue,
};
use crate::{
    current::registry,
    primitives::Plural,
    queue::{QueueOwner, is_inside},
    registry::Registry,
};

/// What a flush did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flushed {
    ran: usize,
    failures: usize,
    left: usize,
}

impl Flushed {
    /// How many events it ran to their end.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.ran
    }

    /// How many subscribers failed; each is logged.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// How many events still wait: none, unless the flush was called by something that the same
    /// queue runs, or a chain of events had no end.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }
}

impl fmt::Display for Flushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            ran,
            failures,
            left,
        } = self;
        let (ran, failures) = (Plural(*ran, "event"), Plural(*failures, "subscriber"));
        write!(f, "{ran} ran, {failures} failed, ")?;
        match left {
            0 => f.write_str("none wait"),
            left => write!(f, "{left} wait"),
        }
    }
}

impl Queue {
    /// Runs what waits, one event after the other, until the queue is empty: what comes meanwhile
    /// runs, too. Blocks the thread while an async subscriber waits.
    ///
    /// In async code use [`flush_async`](Self::flush_async): blocking the thread of a runtime may
    /// keep it from waking the very subscriber that this waits for.
    ///
    /// An event that puts the next one into the queue, and so on without end, is cut off after 1,000
    /// rounds, which is logged; the rest stays in the queue. Called by a subscriber that this queue
    /// runs, it returns at once, for who runs that goes on with the rest.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn flush(&self) -> Flushed {
        let mut flush = self.flush_async();
        block_on_until(
            |waker| flush.poll_with(&mut Context::from_waker(waker)),
            None,
        )
        .unwrap_or_default()
    }

    /// [`flush`](Self::flush) without blocking; no runtime is needed.
    ///
    /// Dropping the future stops it. An event that is in the middle of its subscribers then is kept
    /// for [`shutdown`](Self::shutdown) to hand back, and that is logged.
    pub fn flush_async(&self) -> Flush {
        let queue = self.0.core().queue_id();
        let drive = (!is_inside(queue)).then(|| Driver::new(self.0.clone(), 1, Until::EMPTY));
        Flush {
            queue: self.clone(),
            drive,
        }
    }
}

/// A flush; made by [`Queue::flush_async`].
#[must_use = "futures do nothing unless awaited"]
pub struct Flush {
    queue: Queue,
    /// None inside something that the same queue runs.
    drive: Option<Driver>,
}

impl Flush {
    fn poll_with(&mut self, context: &mut Context<'_>) -> Poll<Flushed> {
        let Some(drive) = &mut self.drive else {
            return Poll::Ready(Flushed {
                left: self.queue.len(),
                ..Flushed::default()
            });
        };
        ready!(drive.poll(context.waker()));
        let flushed = Flushed {
            ran: drive.events,
            failures: drive.failures,
            left: if drive.is_endless() {
                self.queue.len()
            } else {
                0
            },
        };
        if flushed.left > 0 {
            tracing::error!(
                target: "events_core",
                ran = flushed.ran,
                left = flushed.left,
                "a flush was cut off: each event puts another one into the queue",
            );
        }
        Poll::Ready(flushed)
    }
}

impl Future for Flush {
    type Output = Flushed;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Flushed> {
        self.get_mut().poll_with(context)
    }
}

impl fmt::Debug for Flush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flush")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// Calls `f`, and then flushes the queue of the registry that is current now, also when `f` panics.
///
/// As an attribute of a function: [`flush_queue`](macro@crate::flush_queue).
///
/// ```
/// use events_core::{Event, Registry, queues::flush_after};
///
/// #[derive(Event, Clone)]
/// struct Saved;
///
/// let registry = Registry::new();
/// registry.on(|_: &Saved| println!("saved")).detach();
/// let _scope = registry.enter();
///
/// flush_after(|| Saved.enqueue().expect("the queue has room"));
/// assert!(registry.queue().is_empty());
/// ```
pub fn flush_after<T>(f: impl FnOnce() -> T) -> T {
    let _flush = FlushOnDrop::new();
    f()
}

/// Flushes the queue of the registry that was current when it was made.
#[doc(hidden)]
#[derive(Debug)]
pub struct FlushOnDrop(Registry);

impl FlushOnDrop {
    /// To be dropped when the queue is to be flushed.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "it looks at the current registry"
    )]
    pub fn new() -> Self {
        Self(registry())
    }
}

impl Drop for FlushOnDrop {
    fn drop(&mut self) {
        self.0.queue().flush();
    }
}

/// Awaits a future, and then flushes the queue of the registry that is current now, also when the
/// future panics. A future that is dropped before it is ready flushes nothing.
#[doc(hidden)]
pub fn flush_after_async<F: Future>(future: F) -> FlushAfter<F> {
    FlushAfter {
        future,
        result: None,
        flush: registry().queue().flush_async(),
    }
}

pin_project_lite::pin_project! {
    /// A future, and a flush behind it.
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct FlushAfter<F: Future> {
        #[pin]
        future: F,
        result: Option<Result<F::Output, Box<dyn Any + Send>>>,
        flush: Flush,
    }
}

impl<F: Future> Future for FlushAfter<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.result.is_none() {
            let end_poll = catch_unwind(AssertUnwindSafe(|| this.future.poll(context)));
            *this.result = match end_poll {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(value)) => Some(Ok(value)),
                Err(payload) => Some(Err(payload)),
            };
        }
        ready!(this.flush.poll_with(context));
        match this.result.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(payload)) => resume_unwind(payload),
            None => panic!("a future was polled after it was ready"),
        }
    }
}
