//! A bridge from a source that is polled, on a thread or a task of its own, and its guard.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::{
    builder::Bridge,
    conversion::choose::Choose,
    ended::{Counts, EndReason, Ended},
    lifecycle::Lifecycle,
    mapping::{Keep, Whose},
    run::Run,
    source::traits::PollSource,
};
#[cfg(not(feature = "tokio"))]
use crate::diagnostics::FeatureTokio;
#[cfg(feature = "tokio")]
use crate::worker::is_current_thread_runtime;
use crate::{
    context::CatchSpan,
    worker::{is_driving_current_thread_runtime, refuse, spawn_thread},
};

impl<S: PollSource, W, K, C> Bridge<S, W, K, C> {
    /// Runs the bridge on a thread of its own, without an async runtime, and returns its guard.
    ///
    /// If the source or a subscriber needs a runtime, as tokio's timers do (its channels do not), use `spawn_tokio`, or
    /// [`run`](Self::run) on a task of any runtime.
    ///
    /// The bridge runs in the tracing span that is current when this is called.
    ///
    /// # Panics
    ///
    /// Like [`std::thread::spawn`], if the operating system cannot create a thread.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge};
    ///
    /// #[derive(Event, Clone, Debug)]
    /// struct Tick(u32);
    ///
    /// // The events of one registry are a stream, too; the bridge emits them on another one.
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
    #[track_caller]
    pub fn spawn(self) -> Bridged
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
        C: Choose<S::Item>,
        Run<S, W, K, C>: Send + 'static,
    {
        let (task, bridged) = Task::new(self);
        spawn_thread("events-bridge", "a bridge", task);
        bridged
    }

    /// Runs the bridge as a task of the current tokio runtime, and returns its guard.
    ///
    /// The bridge runs in the tracing span that is current when this is called. If the runtime is shut
    /// down, the bridge ends with [`EndReason::Dropped`](crate::bridges::EndReason::Dropped).
    ///
    /// This needs the cargo feature `tokio` of `events-core`: `features = ["tokio"]` in Cargo.toml.
    ///
    /// # Panics
    ///
    /// Like `tokio::spawn`, when called outside a runtime.
    #[cfg(feature = "tokio")]
    #[track_caller]
    pub fn spawn_tokio(self) -> Bridged
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
        C: Choose<S::Item>,
        Run<S, W, K, C>: Send + 'static,
    {
        let (task, mut bridged) = Task::new(self);
        bridged.is_local_task = is_current_thread_runtime();
        tokio::spawn(task);
        bridged
    }
}

#[cfg(not(feature = "tokio"))]
impl<S, W, K, C> Bridge<S, W, K, C> {
    /// Does not compile when called; the error names the feature.
    #[doc(hidden)]
    pub fn spawn_tokio(self) -> Bridged
    where
        Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }
}

/// The guard of a bridge on a thread or a task of its own; made by [`Bridge::spawn`] and
/// `spawn_tokio`.
///
/// Dropping it ends the bridge after the emit in progress; no later item becomes an event.
/// [`detach`](Self::detach) keeps the bridge running until its source ends or its registry is dropped,
/// which it notices when it is woken next.
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridged, EndReason}};
///
/// #[derive(Event)]
/// struct Job(u32);
///
/// /// The jobs of a channel are events as long as this exists.
/// struct Jobs {
///     bridged: Bridged,
/// }
///
/// let (done, is_done) = std::sync::mpsc::channel();
/// let registry = Registry::new();
/// registry.on(move |job: &Job| done.send(job.0).unwrap()).detach();
///
/// let (sender, receiver) = smol::channel::unbounded();
/// let jobs = Jobs { bridged: bridge(receiver).with(|id| Some(Job(id))).on(&registry).spawn() };
/// sender.send_blocking(7)?;
/// assert_eq!(is_done.recv(), Ok(7));
///
/// let ended = jobs.bridged.stop(); // after the emit in progress
/// assert!(matches!(ended.why(), EndReason::Stopped));
/// assert_eq!(ended.emitted(), 1);
/// # Ok::<(), smol::channel::SendError<u32>>(())
/// ```
#[must_use = "dropping a Bridged ends the bridge; `.detach()` keeps it running"]
pub struct Bridged {
    /// `None` after `detach`.
    lifecycle: Option<Arc<Lifecycle>>,
    /// Whether the bridge is a task of a current-thread runtime.
    is_local_task: bool,
}

impl Bridged {
    /// Keeps the bridge running without a guard.
    pub fn detach(mut self) {
        self.lifecycle = None;
    }

    /// Ends the bridge after the emit in progress, blocks until the source is dropped, and returns the
    /// result.
    ///
    /// Do not call it in a subscriber of an event that the bridge emits: it would wait for itself.
    ///
    /// In async code use [`stop_async`](Self::stop_async): this blocks the thread, so a bridge that is a task on
    /// it, and a source or a subscriber that awaits its runtime, cannot proceed.
    ///
    /// # Panics
    ///
    /// When the bridge is a task of a current-thread runtime of tokio, and this would block the thread that runs
    /// the tasks of such a runtime; see [`Queue::flush`](crate::Queue::flush). The bridge ends, but nothing waits
    /// for it.
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    #[track_caller]
    pub fn stop(self) -> Ended {
        self.lifecycle().request_stop();
        self.block("stop()", "stop_async()")
    }

    /// [`stop`](Self::stop) without blocking. The stop is requested at the first poll, or when the
    /// future is dropped.
    pub async fn stop_async(self) -> Ended {
        self.lifecycle().request_stop();
        self.wait_async().await
    }

    /// Blocks until the bridge has ended by itself, and returns its result. In async code use
    /// [`wait_async`](Self::wait_async).
    ///
    /// # Panics
    ///
    /// As [`stop`](Self::stop).
    #[expect(clippy::must_use_candidate, reason = "called for its effect")]
    #[track_caller]
    pub fn wait(self) -> Ended {
        self.block("wait()", "wait_async()")
    }

    #[track_caller]
    fn block(&self, call: &str, instead: &str) -> Ended {
        let lifecycle = self.lifecycle();
        if self.is_local_task && !lifecycle.is_closed() && is_driving_current_thread_runtime() {
            refuse(call, instead);
            return lifecycle.take().unwrap_or(Ended {
                why: EndReason::Stopped,
                counts: Counts::default(),
            });
        }
        lifecycle.wait()
    }

    /// [`wait`](Self::wait) without blocking. Dropping the future ends the bridge, as dropping the
    /// guard does.
    pub async fn wait_async(self) -> Ended {
        self.lifecycle().wait_async().await
    }

    fn lifecycle(&self) -> &Lifecycle {
        match &self.lifecycle {
            Some(lifecycle) => lifecycle,
            None => unreachable!("`detach` consumes the guard"),
        }
    }
}

impl Drop for Bridged {
    fn drop(&mut self) {
        if let Some(lifecycle) = &self.lifecycle {
            lifecycle.request_stop();
        }
    }
}

impl fmt::Debug for Bridged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridged").finish_non_exhaustive()
    }
}

pin_project! {
    /// A bridge that has a guard. Fields are dropped in their order: `close_on_drop` notifies the guard
    /// after the bridge itself was dropped.
    struct Task<S, W, K, C>
    where
        S: PollSource,
        C: Choose<S::Item>,
    {
        #[pin]
        run: Run<S, W, K, C>,
        span: CatchSpan,
        close_on_drop: CloseOnDrop,
    }
}

/// Closes the lifecycle when it is dropped.
struct CloseOnDrop(Arc<Lifecycle>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<S, W, K, C> Task<S, W, K, C>
where
    S: PollSource,
    C: Choose<S::Item>,
{
    fn new(bridge: Bridge<S, W, K, C>) -> (Self, Bridged) {
        let lifecycle = Arc::new(Lifecycle::default());
        let task = Self {
            run: Run::new(bridge, Some(Arc::clone(&lifecycle))),
            span: CatchSpan::current(),
            close_on_drop: CloseOnDrop(Arc::clone(&lifecycle)),
        };
        (
            task,
            Bridged {
                lifecycle: Some(lifecycle),
                is_local_task: false,
            },
        )
    }
}

impl<S, W, K, C> Future for Task<S, W, K, C>
where
    S: PollSource,
    W: Whose<S::Item>,
    K: Keep<S::Item>,
    C: Choose<S::Item>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let _entered = this.span.enter();
        let ended = ready!(this.run.poll(context));
        this.close_on_drop.0.store(ended);
        Poll::Ready(())
    }
}
