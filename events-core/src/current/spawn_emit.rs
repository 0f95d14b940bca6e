//! An async emit on a task of its own, which is completed even if its caller is dropped.
//!
//! The task sends the result through a channel. A result that is not received is not lost: its failures are logged.

use std::{
    borrow::Cow,
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{runtime::Handle, sync::oneshot};

use super::scope::registry;
use crate::{
    context::{CatchSpan, is_traced, log},
    emit::{EmitAsync, TryEmitAsync},
    event::Event,
    policy::{InFailureHook, is_in_failure_hook},
    primitives::{drop_catching, one_line},
    registry::{Registry, enter_for_handlers},
    result::{EmitError, EmitErrorKind, Emitted},
};

impl<E: Event> EmitAsync<E> {
    /// Runs the emit as a task of the current tokio runtime. The task starts at once, and it is completed even if the
    /// caller is dropped: a request whose client disconnects, or the loser of a `select!`.
    ///
    #[doc = include_str!("../../docs/spawn_emit.md")]
    #[track_caller]
    pub fn spawn_tokio(self) -> SpawnedEmit<E>
    where
        E: Send + 'static,
    {
        let details = Details::new(E::topic().into(), self.registry().clone(), drop_catching);
        spawn(self, details)
    }
}

impl<E: Event> TryEmitAsync<E> {
    /// Runs the emit as a task of the current tokio runtime, as [`EmitAsync::spawn_tokio`] does. If the returned future
    /// is dropped before it is ready, the failures of the subscribers are logged, as those of `emit_async` are.
    ///
    /// This needs the cargo feature `tokio` of `events-core`.
    ///
    /// # Panics
    ///
    /// When it is called outside of a runtime of tokio.
    ///
    /// # Examples
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced(u32);
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let registry = Registry::new();
    /// registry.on_async(async |_: &OrderPlaced| Err::<(), _>("no mail server")).detach();
    ///
    /// let spawned = registry.try_emit_async(OrderPlaced(7)).spawn_tokio();
    /// let error = spawned.await?.expect_err("the subscriber fails");
    /// assert_eq!(error.failures().len(), 1);
    /// assert_eq!(error.into_event().0, 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn spawn_tokio(self) -> SpawnedEmit<Result<Emitted<E>, EmitError<E>>>
    where
        E: Send + 'static,
    {
        let log = |result| {
            if let Err(error) = result {
                log_error(error);
            }
        };
        let details = Details::new(E::topic().into(), self.registry().clone(), log);
        spawn(self, details)
    }
}

pub(super) fn log_error<E>(error: EmitError<E>) {
    let (emitted, kind) = error.into_parts();
    match kind {
        EmitErrorKind::Failed(failures) => log::failures(failures),
        EmitErrorKind::TooDeep(refusal) => log::refusal(&refusal),
    }
    drop_catching(emitted);
}

#[track_caller]
pub(super) fn spawn<F>(emit: F, details: Details<F::Output>) -> SpawnedEmit<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let Ok(runtime) = Handle::try_current() else {
        panic!(
            "spawn_tokio() of an emit of `{}` is called outside of a runtime of tokio; call it in an async function \
             that tokio runs, or on a thread that has entered a runtime with `Handle::enter`",
            one_line(&details.topic)
        );
    };
    let (sender, receiver) = oneshot::channel();
    let details = Arc::new(details);
    runtime.spawn(Task {
        emit: Some(emit),
        is_started: false,
        sender: Some(sender),
        details: Arc::clone(&details),
    });
    SpawnedEmit { receiver, details }
}

/// What the task of an emit and the future for its result share. `T` is the result.
pub(super) struct Details<T> {
    topic: Cow<'static, str>,
    /// The registry of the emit.
    registry: Registry,
    /// The current registry and the span of the caller, in which the task runs.
    current: Registry,
    span: CatchSpan,
    /// Whether a failure hook spawned it.
    is_of_failure_hook: bool,
    /// Logs the failures in a result that is not received.
    log: fn(T),
}

impl<T> Details<T> {
    pub(super) fn new(topic: Cow<'static, str>, of_emit: Registry, log: fn(T)) -> Self {
        Self {
            topic,
            registry: of_emit,
            current: registry(),
            span: if is_traced() {
                CatchSpan::current()
            } else {
                CatchSpan::NONE
            },
            is_of_failure_hook: is_in_failure_hook(),
            log,
        }
    }

    /// The result has no receiver.
    fn drop_unreceived(&self, result: T) {
        let _current = enter_for_handlers(&self.current);
        let _entered = self.span.enter();
        let _sink = self.registry.core().pass_failures();
        (self.log)(result);
    }
}

pin_project_lite::pin_project! {
    /// The task of an emit.
    struct Task<F: Future> {
        // Until it is dropped, which happens inside the registry.
        #[pin]
        emit: Option<F>,
        is_started: bool,
        // Dropped after the emit has logged what is cut off.
        sender: Option<oneshot::Sender<F::Output>>,
        details: Arc<Details<F::Output>>,
    }

    impl<F: Future> PinnedDrop for Task<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _current = enter_for_handlers(&this.details.current);
            if !*this.is_started {
                let _entered = this.details.span.enter();
                log::not_started(&this.details.topic);
            }
            this.emit.set(None);
        }
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let details = this.details;
        let Some(emit) = this.emit.as_mut().as_pin_mut() else {
            return Poll::Ready(());
        };
        let _current = enter_for_handlers(&details.current);
        let _hook = InFailureHook::enter_if(details.is_of_failure_hook);
        *this.is_started = true;
        // In each poll: the emit logs failures outside of its own span.
        let entered = details.span.enter();
        let result = ready!(emit.poll(context));
        drop(entered);
        this.emit.set(None);
        if let Some(sender) = this.sender.take()
            && let Err(result) = sender.send(result)
        {
            details.drop_unreceived(result);
        }
        Poll::Ready(())
    }
}

/// A future for the result of an emit that runs on a task of its own; returned by [`EmitAsync::spawn_tokio`],
/// [`TryEmitAsync::spawn_tokio`] and those of emits by a topic. `T` is what the emit returns.
///
/// Dropping it does not cancel the emit. It need not be awaited: the emit runs without that.
///
/// # Errors
///
/// [`EmitCutOff`], if the runtime was shut down before the end of the emit.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use events_core::{Event, Registry, emitting::SpawnedEmit};
///
/// #[derive(Event, Clone)]
/// struct Uploaded(u32);
///
/// /// The caller decides whether to wait.
/// fn upload(registry: &Registry, number: u32) -> SpawnedEmit<Uploaded> {
///     registry.emit_async(Uploaded(number)).spawn_tokio()
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// static SUM: AtomicU32 = AtomicU32::new(0);
/// let registry = Registry::new();
/// let add = async |upload: &Uploaded| {
///     tokio::task::yield_now().await;
///     SUM.fetch_add(upload.0, Relaxed);
/// };
/// registry.on_async(add).detach();
///
/// drop(upload(&registry, 40)); // this one runs as well
/// assert_eq!(upload(&registry, 2).await?.0, 2);
/// assert_eq!(SUM.load(Relaxed), 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SpawnedEmit<T> {
    receiver: oneshot::Receiver<T>,
    details: Arc<Details<T>>,
}

impl<T> Future for SpawnedEmit<T> {
    type Output = Result<T, EmitCutOff>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let received = ready!(Pin::new(&mut self.receiver).poll(context));
        Poll::Ready(received.map_err(|_| EmitCutOff {
            topic: self.details.topic.clone(),
        }))
    }
}

impl<T> Drop for SpawnedEmit<T> {
    fn drop(&mut self) {
        // From here on the task keeps its result; it may have sent one before.
        self.receiver.close();
        if let Ok(result) = self.receiver.try_recv() {
            self.details.drop_unreceived(result);
        }
    }
}

impl<T> fmt::Debug for SpawnedEmit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topic = one_line(&self.details.topic);
        f.debug_struct("SpawnedEmit")
            .field("topic", &format_args!("\"{topic}\""))
            .finish_non_exhaustive()
    }
}

/// The error of a [`SpawnedEmit`]: the runtime of its task was shut down before the end of the emit.
///
/// The log has the subscribers that were cut off and those that were not reached, in a record at `warn`. The event is
/// dropped.
///
/// ```
/// use std::future::pending;
/// use events_core::{Event, Registry};
/// use tokio::runtime::Builder;
///
/// #[derive(Event, Clone)]
/// #[event(topic = "mail::Queued")]
/// struct Queued;
///
/// let registry = Registry::new();
/// registry.on_async(async |_: &Queued| pending::<()>().await).detach(); // a server that does not answer
///
/// let runtime = Builder::new_current_thread().build()?;
/// let spawned = runtime.block_on(async { registry.emit_async(Queued).spawn_tokio() });
/// drop(runtime);
/// let error = smol::block_on(spawned).err().expect("the emit has no end");
/// let text = "the emit of `mail::Queued` was cut off by the shutdown of its runtime; await it before that";
/// assert_eq!(error.to_string(), text);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EmitCutOff {
    topic: Cow<'static, str>,
}

impl EmitCutOff {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }
}

impl fmt::Display for EmitCutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topic = one_line(&self.topic);
        write!(
            f,
            "the emit of `{topic}` was cut off by the shutdown of its runtime; await it before that"
        )
    }
}

impl Error for EmitCutOff {}
