//! What a handler may return, and what the dispatch does next.

use std::ops::ControlFlow;

use crate::result::BoxError;

/// What a subscriber may return: nothing, `ControlFlow<()>` (`Break` stops the subscribers after
/// it), or a `Result` of one of them with any error that converts into a boxed one. One that never returns,
/// such as a closure that ends in `panic!()`, has the type `!`, which is an outcome too.
///
/// Guide: [what a handler returns](crate::guide::subscribers#what-a-handler-returns),
/// [stop, veto or error](crate::guide::failures#stop-veto-or-error).
///
/// ```
/// use std::{num::ParseIntError, ops::ControlFlow};
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Typed(String);
///
/// let registry = Registry::new();
/// let _number = registry.on(|event: &Typed| -> Result<(), ParseIntError> {
///     event.0.parse::<u32>().map(|_| ())
/// });
/// let _quit = registry.on(|event: &Typed| match event.0.as_str() {
///     "quit" => ControlFlow::Break(()),
///     _ => ControlFlow::Continue(()),
/// });
///
/// assert!(registry.try_emit(Typed("12".into())).is_ok());
/// let error = registry.try_emit(Typed("quit".into())).unwrap_err();
/// assert_eq!(error.failures().len(), 1);
/// assert!(error.stopped_by().is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "a subscriber cannot return `{Self}`",
    label = "not an outcome of a subscriber",
    note = "return nothing, `Result<(), E>` with `E: Into<Box<dyn Error + Send + Sync>>`, \
            `ControlFlow<()>`, or `Result<ControlFlow<()>, E>`"
)]
pub trait Outcome {
    /// The result for the dispatch.
    #[doc(hidden)]
    fn into_step(self) -> Step;
}

/// What an async or deferred subscriber may return: nothing, or `Result<(), E>` with any error that
/// converts into a boxed one. One that never returns has the type `!`.
///
/// It cannot stop other subscribers. The flush or the worker that runs the subscriber logs its error at `error`, as
/// [`emit_async`](crate::Event::emit_async) does for async subscribers;
/// [`try_emit_async`](crate::Event::try_emit_async) returns their errors.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct Uploaded {
///     bytes: u64,
/// }
///
/// let registry = Registry::new();
/// registry.on_async(async |upload: &Uploaded| println!("resizing {} bytes", upload.bytes)).detach();
/// registry
///     .on_deferred(|upload: &Uploaded| match upload.bytes {
///         ..1000 => Ok(()),
///         _ => Err("over the quota"),
///     })
///     .detach();
///
/// registry.emit(Uploaded { bytes: 5000 });
/// assert_eq!(registry.queue().flush().failures(), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "an async or deferred subscriber cannot return `{Self}`",
    label = "not an outcome of an async or deferred subscriber",
    note = "return nothing, or `Result<(), E>` with `E: Into<Box<dyn Error + Send + Sync>>`; it runs \
            concurrently or after the emit, so it cannot stop others with `ControlFlow`"
)]
pub trait AsyncOutcome {
    /// The result for the dispatch.
    #[doc(hidden)]
    fn into_step(self) -> Step;
}

/// The error that a subscriber returns: any type that converts into a [`BoxError`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a subscriber cannot return the error `{Self}`",
    label = "not an error of a subscriber",
    note = "in place of `Box<dyn Error>` write `Box<dyn Error + Send + Sync>`",
    note = "an error implements `Error` and is `Send` and `Sync`, or converts into `Box<dyn Error + Send + Sync>`, as `&str` does"
)]
pub trait HandlerError {
    /// The boxed error.
    fn into_boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> HandlerError for E {
    #[inline]
    fn into_boxed(self) -> BoxError {
        self.into()
    }
}

impl AsyncOutcome for () {
    #[inline]
    fn into_step(self) -> Step {
        Step::Done
    }
}

impl<E: HandlerError> AsyncOutcome for Result<(), E> {
    #[inline]
    fn into_step(self) -> Step {
        match self {
            Ok(()) => Step::Done,
            Err(error) => Step::Failed(error.into_boxed()),
        }
    }
}

/// The output of a function type. Of `fn() -> !` it is the type `!`, for which stable Rust has no name.
#[doc(hidden)]
pub trait FunctionOutput {
    /// The output.
    type Output;
}

impl<T> FunctionOutput for fn() -> T {
    type Output = T;
}

/// The type of an expression that never returns, such as `panic!()`.
type Never = <fn() -> ! as FunctionOutput>::Output;

#[diagnostic::do_not_recommend]
impl Outcome for Never {
    fn into_step(self) -> Step {
        self
    }
}

#[diagnostic::do_not_recommend]
impl AsyncOutcome for Never {
    fn into_step(self) -> Step {
        self
    }
}

/// The result of one handler.
#[doc(hidden)]
#[derive(Debug)]
pub enum Step {
    /// The handler ran.
    Done,
    /// A filter rejected the event, or the subscription is closed: the handler did not run.
    Skipped,
    /// The handler ran, and those after it are not to run.
    Stop,
    /// The handler ran and returned an error; or it did not run, and the error is a
    /// [`RefusedCall`](crate::result::RefusedCall). A variant for the latter would cost each emit with
    /// handlers that return a `Result` two more instructions a handler.
    Failed(BoxError),
}

impl Outcome for () {
    #[inline]
    fn into_step(self) -> Step {
        Step::Done
    }
}

impl Outcome for ControlFlow<()> {
    #[inline]
    fn into_step(self) -> Step {
        match self {
            Self::Continue(()) => Step::Done,
            Self::Break(()) => Step::Stop,
        }
    }
}

impl<T: Outcome, E: HandlerError> Outcome for Result<T, E> {
    #[inline]
    fn into_step(self) -> Step {
        match self {
            Ok(outcome) => outcome.into_step(),
            Err(error) => Step::Failed(error.into_boxed()),
        }
    }
}
