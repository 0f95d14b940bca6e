//! A call of a handler that was refused, and the error of an awaited subscriber that a sync emit meets.

use std::{error::Error, fmt};

use super::waits_for_itself::WaitsForItself;

/// A refused call, as the error that the dispatch receives in place of the handler's. It is private, so that
/// no handler returns one.
#[derive(Debug)]
pub(crate) enum RefusedCall {
    WaitsForItself(WaitsForItself),
    NotAwaited,
}

impl fmt::Display for RefusedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitsForItself(why) => why.fmt(f),
            Self::NotAwaited => NotAwaited(()).fmt(f),
        }
    }
}

impl Error for RefusedCall {}

/// An awaited subscriber that a sync emit did not run: only [`emit_async`](crate::Event::emit_async) and the queue can
/// await it.
///
/// `Display` names the remedy.
///
/// ```
/// use events_core::{Event, Registry, failures::Cause};
///
/// #[derive(Event)]
/// struct Creating {
///     email: String,
/// }
///
/// let registry = Registry::new();
/// registry.on_awaited(async |event: &mut Creating| event.email.make_ascii_lowercase()).detach();
///
/// let error = registry.try_emit(Creating { email: "A@x.org".into() }).unwrap_err();
/// let Cause::NotAwaited(why) = error.failures()[0].cause() else { panic!("it is not run") };
/// assert_eq!(
///     why.to_string(),
///     "it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`",
/// );
///
/// let event = smol::block_on(registry.emit_async(Creating { email: "A@x.org".into() }));
/// assert_eq!(event.email, "a@x.org");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotAwaited(pub(super) ());

impl fmt::Display for NotAwaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "it is awaited, and a sync emit cannot wait for it; use `emit_async`, or `enqueue`",
        )
    }
}

impl Error for NotAwaited {}
