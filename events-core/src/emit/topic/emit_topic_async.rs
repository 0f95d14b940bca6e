//! Async emits by a topic: futures that run the sync subscribers and then the async ones, on the caller's task.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::{
    emit::{async_emission::AsyncEmission, context::CallSite},
    event::{Args, TopicEvent},
    metadata::{IntoKey, Origin},
    registry::{Registry, is_scoped},
    result::{EmitError, Emitted, Outcomes},
};

pin_project_lite::pin_project! {
    /// The future of [`Registry::emit_topic_async`](crate::Registry::emit_topic_async); its output is the arguments.
    ///
    /// What it does, and what a drop leaves behind, is as for [`EmitAsync`](crate::emitting::EmitAsync).
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args, emitting::EmitTopicAsync};
    ///
    /// fn signed_in(registry: &Registry, user: u32) -> EmitTopicAsync {
    ///     registry.emit_topic_async("user::signed_in", args! { user: user })
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_topic("user::.*", |event: &dyn AnyEvent| event.get::<u64>("user").map(drop))?.detach();
    /// let args = smol::block_on(signed_in(&registry, 7));
    /// assert_eq!(args.arg::<u32>("user"), Some(&7));
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct EmitTopicAsync {
        #[pin]
        emission: AsyncEmission<TopicEvent>,
    }
}

pin_project_lite::pin_project! {
    /// The future of [`Registry::try_emit_topic_async`](crate::Registry::try_emit_topic_async); its output is the
    /// arguments with the result of the emit. See [`EmitTopicAsync`].
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args, emitting::TryEmitTopicAsync};
    ///
    /// fn upload(registry: &Registry, bytes: u64) -> TryEmitTopicAsync {
    ///     registry.try_emit_topic_async("upload::done", args! { bytes: bytes })
    /// }
    ///
    /// let registry = Registry::new();
    /// let quota = |event: &dyn AnyEvent| match event.get::<u64>("bytes") {
    ///     Ok(..1000) => Ok(()),
    ///     _ => Err("over the quota"),
    /// };
    /// registry.on_topic("upload::.*", quota)?.detach();
    /// let emitted = smol::block_on(upload(&registry, 10)).expect("it is small");
    /// assert_eq!(emitted.ran(), 1);
    /// let error = smol::block_on(upload(&registry, 5000)).unwrap_err();
    /// assert!(error.to_string().ends_with("returned an error: over the quota"));
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct TryEmitTopicAsync {
        #[pin]
        emission: AsyncEmission<TopicEvent>,
        outcomes: Outcomes,
    }
}

impl Registry {
    /// Emits a named event, and waits for the async subscribers: the pattern subscribers that match the topic
    /// receive it, the sync ones in order, then the async ones concurrently on the caller's task; the deferred ones
    /// receive it from the queue. Returns the arguments.
    ///
    /// The failure of a subscriber is logged; [`try_emit_topic_async`](Self::try_emit_topic_async) returns it.
    ///
    /// # Cancellation
    ///
    /// As for [`EmitAsync`](crate::emitting::EmitAsync#cancellation).
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args};
    ///
    /// let registry = Registry::new();
    /// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.arg::<u32>("user"), Some(&7));
    /// })?;
    /// # smol::block_on(async {
    /// let args = registry.emit_topic_async("user::logged_in", args! { user: 7_u32 }).await;
    /// assert_eq!(args.arg::<u32>("user"), Some(&7));
    /// # });
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[track_caller]
    pub fn emit_topic_async(&self, topic: impl AsRef<str>, args: Args) -> EmitTopicAsync {
        let site = Location::caller();
        EmitTopicAsync::new(self, topic.as_ref(), args, None, site)
    }

    /// [`emit_topic_async`](Self::emit_topic_async) with an origin.
    #[track_caller]
    pub fn emit_topic_async_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> EmitTopicAsync {
        let origin = Some(origin.into_key().into());
        let site = Location::caller();
        EmitTopicAsync::new(self, topic.as_ref(), args, origin, site)
    }

    /// [`emit_topic_async`](Self::emit_topic_async), which also returns the result of the emit.
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_topic_async(&self, topic: impl AsRef<str>, args: Args) -> TryEmitTopicAsync {
        let site = Location::caller();
        TryEmitTopicAsync::new(self, topic.as_ref(), args, None, site)
    }

    /// [`try_emit_topic_async`](Self::try_emit_topic_async) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit_topic_async`.
    #[track_caller]
    pub fn try_emit_topic_async_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> TryEmitTopicAsync {
        let origin = Some(origin.into_key().into());
        let site = Location::caller();
        TryEmitTopicAsync::new(self, topic.as_ref(), args, origin, site)
    }
}

fn emission(
    registry: &Registry,
    topic: &str,
    args: Args,
    origin: Option<Origin>,
    site: CallSite,
) -> AsyncEmission<TopicEvent> {
    AsyncEmission::new(
        registry.clone(),
        is_scoped(),
        TopicEvent::new(topic, args),
        origin,
        site,
    )
}

impl EmitTopicAsync {
    pub(in crate::emit) fn new(
        registry: &Registry,
        topic: &str,
        args: Args,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emission: emission(registry, topic, args, origin, site),
        }
    }
}

impl TryEmitTopicAsync {
    pub(in crate::emit) fn new(
        registry: &Registry,
        topic: &str,
        args: Args,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emission: emission(registry, topic, args, origin, site),
            outcomes: Outcomes::OF_ASYNC_EMIT,
        }
    }
}

#[cfg(feature = "tokio")]
impl EmitTopicAsync {
    pub(crate) fn registry(&self) -> &Registry {
        self.emission.registry()
    }

    pub(crate) fn topic(&self) -> &str {
        self.emission.topic()
    }
}

#[cfg(feature = "tokio")]
impl TryEmitTopicAsync {
    pub(crate) fn registry(&self) -> &Registry {
        self.emission.registry()
    }

    pub(crate) fn topic(&self) -> &str {
        self.emission.topic()
    }
}

impl Future for EmitTopicAsync {
    type Output = Args;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Args> {
        let event = ready!(self.project().emission.poll_event(context.waker()));
        Poll::Ready(event.args)
    }
}

impl Future for TryEmitTopicAsync {
    type Output = Result<Emitted<Args>, EmitError<Args>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let args = |event: TopicEvent| event.args;
        let this = self.project();
        let polled = this.emission.poll_result(context.waker(), this.outcomes);
        let result = ready!(polled);
        Poll::Ready(match result {
            Ok(emitted) => Ok(emitted.map(args)),
            Err(error) => Err(error.map(args)),
        })
    }
}

impl fmt::Debug for EmitTopicAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitTopicAsync").finish_non_exhaustive()
    }
}

impl fmt::Debug for TryEmitTopicAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryEmitTopicAsync").finish_non_exhaustive()
    }
}
