//! A bridge from a stream on a thread or a task of its own, and its guard.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{self, Context, ready},
    thread,
};

use pin_project_lite::pin_project;
use tracing::Span;

use super::{
    builder::Bridge,
    ended::Ended,
    lifecycle::Lifecycle,
    mapping::{Choose, Keep, Whose},
    run::Run,
    source::Poll,
};
use crate::worker::block_on_until;

impl<S: Poll, W, K, C> Bridge<S, W, K, C> {
    /// Runs the bridge on a thread of its own, with no runtime around it, and gives its guard.
    ///
    /// A stream or a subscriber that needs a runtime, as tokio's timers do, is to run there: with
    /// `spawn_tokio`, or with [`run`](Self::run) on a task of any runtime.
    ///
    /// The bridge is in the span in which this is called.
    ///
    /// # Panics
    ///
    /// As [`std::thread::spawn`] does, when the system gives no thread.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge};
    ///
    /// #[derive(Event, Clone, Debug)]
    /// struct Tick(u32);
    ///
    /// // A registry's events are a stream, too: these go on to another one.
    /// let (here, there) = (Registry::new(), Registry::new());
    /// there.on(|tick: &Tick| println!("{tick:?}")).detach();
    ///
    /// let bridged = bridge(here.stream::<Tick>()).results().to::<Tick>().on(&there).spawn();
    /// here.emit(Tick(1));
    /// drop(here); // that ends the stream
    ///
    /// let ended = bridged.wait();
    /// assert_eq!(ended.emitted(), 1);
    /// ```
    pub fn spawn(self) -> Bridged
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
        C: Choose<S::Item>,
        Run<S, W, K, C>: Send + 'static,
    {
        let (task, bridged) = Task::new(self);
        let named = thread::Builder::new().name("events-bridge".to_owned());
        let spawned = named.spawn(move || {
            let mut task = pin!(task);
            block_on_until(
                |waker| task.as_mut().poll(&mut Context::from_waker(waker)),
                None,
            );
        });
        match spawned {
            Ok(_joined_by_its_end) => bridged,
            Err(error) => panic!("no thread for a bridge: {error}"),
        }
    }

    /// Runs the bridge as a task of the tokio runtime that this is called in, and gives its guard.
    ///
    /// The bridge is in the span in which this is called. When the runtime is shut down under it, it
    /// has ended with [`EndReason::Dropped`](crate::bridges::EndReason::Dropped).
    ///
    /// # Panics
    ///
    /// As `tokio::spawn` does, when there is no runtime.
    #[cfg(feature = "tokio")]
    pub fn spawn_tokio(self) -> Bridged
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
        C: Choose<S::Item>,
        Run<S, W, K, C>: Send + 'static,
    {
        let (task, bridged) = Task::new(self);
        tokio::spawn(task);
        bridged
    }
}

/// A bridge that runs by itself; made by [`Bridge::spawn`] and `spawn_tokio`.
///
/// Dropping it ends the bridge: it takes no other item, and finishes the event that is under way.
/// [`detach`](Self::detach) leaves it to itself until its source ends, or its registry goes, which it
/// notices when it is woken next.
#[must_use = "dropping a Bridged ends the bridge; `.detach()` leaves it to itself"]
pub struct Bridged {
    /// Until it is detached.
    lifecycle: Option<Arc<Lifecycle>>,
}

impl Bridged {
    /// Leaves the bridge to itself.
    pub fn detach(mut self) {
        self.lifecycle = None;
    }

    /// Ends the bridge, blocks until it has ended and the stream is dropped, and says what it did. The
    /// event that is under way is finished.
    ///
    /// Not for a subscriber of the event under way: that would wait for itself.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn stop(self) -> Ended {
        self.lifecycle().stop();
        self.wait()
    }

    /// [`stop`](Self::stop) without blocking. It is told to end at the first poll, or when the future
    /// is dropped.
    pub async fn stop_async(self) -> Ended {
        self.lifecycle().stop();
        self.wait_async().await
    }

    /// Blocks until the bridge has ended by itself, and says how.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn wait(self) -> Ended {
        self.lifecycle().wait()
    }

    /// [`wait`](Self::wait) without blocking. Dropping the future ends the bridge, as dropping the
    /// guard does.
    pub async fn wait_async(self) -> Ended {
        let lifecycle = self.lifecycle();
        poll_fn(|context| lifecycle.poll(context.waker())).await
    }

    fn lifecycle(&self) -> &Lifecycle {
        match &self.lifecycle {
            Some(lifecycle) => lifecycle,
            None => unreachable!("what is detached has no guard"),
        }
    }
}

impl Drop for Bridged {
    fn drop(&mut self) {
        if let Some(lifecycle) = &self.lifecycle {
            lifecycle.stop();
        }
    }
}

impl fmt::Debug for Bridged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridged").finish_non_exhaustive()
    }
}

pin_project! {
    /// A bridge that has a guard. The fields go in their order: first the bridge, then its guard
    /// hears of it.
    struct Task<S, W, K, C>
    where
        S: Poll,
        C: Choose<S::Item>,
    {
        #[pin]
        run: Run<S, W, K, C>,
        span: Span,
        end: End,
    }
}

/// Says that nothing of a bridge is left, when it is dropped.
struct End(Arc<Lifecycle>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<S, W, K, C> Task<S, W, K, C>
where
    S: Poll,
    C: Choose<S::Item>,
{
    fn new(bridge: Bridge<S, W, K, C>) -> (Self, Bridged) {
        let lifecycle = Arc::new(Lifecycle::default());
        let task = Self {
            run: Run::new(bridge, Some(Arc::clone(&lifecycle))),
            span: Span::current(),
            end: End(Arc::clone(&lifecycle)),
        };
        (
            task,
            Bridged {
                lifecycle: Some(lifecycle),
            },
        )
    }
}

impl<S, W, K, C> Future for Task<S, W, K, C>
where
    S: Poll,
    W: Whose<S::Item>,
    K: Keep<S::Item>,
    C: Choose<S::Item>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> task::Poll<()> {
        let this = self.project();
        let _inside = this.span.enter();
        let ended = ready!(this.run.poll(context));
        this.end.0.put(ended);
        task::Poll::Ready(())
    }
}
