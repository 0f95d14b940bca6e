//! Emitting named events to the current registry.

use super::scope::registry;
use crate::{
    emit::{EmitTopicAsync, TryEmitTopicAsync},
    event::Args,
    metadata::IntoKey,
    result::{EmitError, Emitted},
};

/// Emits a named event to the current registry; see
/// [`Registry::emit_topic`](crate::Registry::emit_topic).
///
/// Subscribers whose pattern matches the topic receive it, async and deferred ones from the queue. The failure of a
/// subscriber is logged at `error`; [`try_emit_topic`] returns it.
///
/// Guide: [emit by topic](crate::guide::topics#emit-by-topic-without-a-type).
///
/// ```
/// use std::sync::mpsc;
/// use events_core::{AnyEvent, Registry, args, emit_topic};
///
/// let registry = Registry::new();
/// let (log, lines) = mpsc::channel();
/// let _audit = registry.on_topic("user::.*", move |event: &dyn AnyEvent| {
///     log.send(format!("{} of {:?}", event.topic(), event.arg::<u32>("user")))
/// })?;
///
/// let _scope = registry.enter();
/// let args = emit_topic("user::logged_in", args! { user: 7_u32 });
/// assert_eq!(lines.try_recv().as_deref(), Ok("user::logged_in of Some(7)"));
/// assert_eq!(args.arg::<u32>("user"), Some(&7));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[track_caller]
pub fn emit_topic(topic: impl AsRef<str>, args: Args) -> Args {
    registry().emit_topic(topic, args)
}

/// As [`emit_topic`], and reports how many subscribers ran and which failed.
///
/// ```
/// use events_core::{AnyEvent, Registry, args, try_emit_topic};
///
/// let registry = Registry::new();
/// let quota = |event: &dyn AnyEvent| match event.arg::<u64>("bytes") {
///     Some(..1000) => Ok(()),
///     _ => Err("over the quota"),
/// };
/// registry.on_topic("upload::.*", quota)?.detach();
///
/// let _scope = registry.enter();
/// let emitted = try_emit_topic("upload::done", args! { bytes: 10_u64 }).unwrap();
/// assert_eq!(emitted.ran(), 1);
///
/// let error = try_emit_topic("upload::done", args! { bytes: 5000_u64 }).unwrap_err();
/// assert!(error.to_string().ends_with("returned an error: over the quota"));
/// assert_eq!(error.into_event().arg::<u64>("bytes"), Some(&5000)); // the arguments are in the error
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
///
/// # Errors
///
/// When a subscriber failed, or when the emit was refused because it is nested too deep.
#[track_caller]
pub fn try_emit_topic(
    topic: impl AsRef<str>,
    args: Args,
) -> Result<Emitted<Args>, EmitError<Args>> {
    registry().try_emit_topic(topic, args)
}

/// [`emit_topic`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use events_core::{AnyEvent, Emission, Registry, args, emit_topic_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// let args = emit_topic_from("user::logged_in", args! { user: 7_u32 }, "desk");
/// assert_eq!(args.arg::<u32>("user"), Some(&7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[track_caller]
pub fn emit_topic_from<M>(topic: impl AsRef<str>, args: Args, origin: impl IntoKey<M>) -> Args {
    registry().emit_topic_from(topic, args, origin)
}

/// [`try_emit_topic`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use events_core::{AnyEvent, Emission, Registry, args, try_emit_topic_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// let emitted = try_emit_topic_from("user::logged_in", args! { user: 7_u32 }, "desk").unwrap();
/// assert_eq!(emitted.ran(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`try_emit_topic`].
#[track_caller]
pub fn try_emit_topic_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    origin: impl IntoKey<M>,
) -> Result<Emitted<Args>, EmitError<Args>> {
    registry().try_emit_topic_from(topic, args, origin)
}

/// Emits a named event to the current registry, and waits for the async subscribers; see
/// [`Registry::emit_topic_async`](crate::Registry::emit_topic_async). The registry is the one that is current at the call.
///
/// ```
/// use events_core::{AnyEvent, Registry, args, emit_topic_async};
///
/// let registry = Registry::new();
/// registry.on_topic("user::.*", |event: &dyn AnyEvent| event.get::<u64>("user").map(drop))?.detach();
///
/// let _scope = registry.enter();
/// let args = smol::block_on(emit_topic_async("user::logged_in", args! { user: 7_u32 }));
/// assert_eq!(args.arg::<u32>("user"), Some(&7));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[track_caller]
pub fn emit_topic_async(topic: impl AsRef<str>, args: Args) -> EmitTopicAsync {
    registry().emit_topic_async(topic, args)
}

/// [`emit_topic_async`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use events_core::{AnyEvent, Emission, Registry, args, emit_topic_async_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// let emit = emit_topic_async_from("user::logged_in", args! { user: 7_u32 }, "desk");
/// assert_eq!(smol::block_on(emit).arg::<u32>("user"), Some(&7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[track_caller]
pub fn emit_topic_async_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    origin: impl IntoKey<M>,
) -> EmitTopicAsync {
    registry().emit_topic_async_from(topic, args, origin)
}

/// As [`emit_topic_async`], and reports how many subscribers ran and which failed.
///
/// ```
/// use events_core::{AnyEvent, Registry, args, try_emit_topic_async};
///
/// let registry = Registry::new();
/// registry.on_topic("user::.*", |event: &dyn AnyEvent| event.get::<u64>("user").map(drop))?.detach();
///
/// let _scope = registry.enter();
/// let emitted = smol::block_on(try_emit_topic_async("user::logged_in", args! { user: 7_u32 }));
/// assert_eq!(emitted.unwrap().ran(), 1);
/// let error = smol::block_on(try_emit_topic_async("user::logged_in", args! {})).unwrap_err();
/// assert!(error.to_string().ends_with("the event has no argument or field of this name"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
///
/// # Errors
///
/// When a subscriber failed, or when the emit was refused because it is nested too deep.
#[track_caller]
pub fn try_emit_topic_async(topic: impl AsRef<str>, args: Args) -> TryEmitTopicAsync {
    registry().try_emit_topic_async(topic, args)
}

/// [`try_emit_topic_async`] with an origin: a function, `Origin::of::<Type>()`, or text.
///
/// ```
/// use events_core::{AnyEvent, Emission, Registry, args, try_emit_topic_async_from};
///
/// let registry = Registry::new();
/// let desk = |_: &dyn AnyEvent, emission: &Emission| {
///     assert_eq!(emission.origin().map(|origin| origin.as_str()), Some("desk"));
/// };
/// registry.on_topic("user::.*", desk)?.detach();
///
/// let _scope = registry.enter();
/// let emit = try_emit_topic_async_from("user::logged_in", args! { user: 7_u32 }, "desk");
/// assert_eq!(smol::block_on(emit).unwrap().ran(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`try_emit_topic_async`].
#[track_caller]
pub fn try_emit_topic_async_from<M>(
    topic: impl AsRef<str>,
    args: Args,
    origin: impl IntoKey<M>,
) -> TryEmitTopicAsync {
    registry().try_emit_topic_async_from(topic, args, origin)
}
