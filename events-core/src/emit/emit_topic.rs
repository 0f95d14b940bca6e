//! Emitting by a topic, without an event type. Only pattern subscribers receive such an event.
//!
//! The plan of a topic comes from the registry's topic cache, which has a fixed size: a million topics
//! take no more memory than a thousand, and a topic that is emitted repeatedly is matched once.

use std::panic::Location;

use super::{
    context::{CallSite, EmitContext},
    dispatch,
};
use crate::{
    context::log,
    event::{Args, TopicEvent, TypedView},
    handler::ErasedEvent,
    metadata::{EmitVerb, IntoKey, Origin},
    plan::Plan,
    primitives::drop_catching,
    registry::{Core, Registry, TopicPlan},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted, FailureList},
};

impl Registry {
    /// Emits an event without a type: the pattern subscribers that match the topic receive it, and read
    /// its arguments by name and type. Returns the arguments.
    ///
    /// The subscribers of about a thousand topics are cached; further topics cost time, but no memory.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args};
    ///
    /// let registry = Registry::new();
    /// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.arg::<&str>("mode"), Some(&"signin"));
    ///     assert_eq!(event.arg::<u32>("user"), Some(&7));
    /// })?;
    /// registry.emit_topic("user::logged_in", args! { user: 7_u32, mode: "signin" });
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[track_caller]
    pub fn emit_topic(&self, topic: impl AsRef<str>, args: Args) -> Args {
        let site = Location::caller();
        self.core().emit_topic(topic.as_ref(), &args, None, site);
        args
    }

    /// [`emit_topic`](Self::emit_topic) with an origin.
    #[track_caller]
    pub fn emit_topic_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> Args {
        let origin = origin.into_key().into();
        let site = Location::caller();
        self.core()
            .emit_topic(topic.as_ref(), &args, Some(&origin), site);
        args
    }

    /// [`emit_topic`](Self::emit_topic), which also returns the result of the emit.
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_topic(
        &self,
        topic: impl AsRef<str>,
        args: Args,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let site = Location::caller();
        self.core().try_emit_topic(topic.as_ref(), args, None, site)
    }
}

impl Core {
    /// Emits a topic with its arguments, and logs what fails.
    fn emit_topic(&self, topic: &str, args: &Args, origin: Option<&Origin>, site: CallSite) {
        let _sink = self.pass_failures();
        let (_, error) = self.run_topic(topic, args, origin, None, site);
        if let Some(EmitErrorKind::TooDeep(refusal)) = error {
            log::refusal(&refusal);
        }
    }

    /// Emits a topic with its arguments, and reports the result.
    fn try_emit_topic(
        &self,
        topic: &str,
        args: Args,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let failures = FailureList::new();
        let (stats, error) = self.run_topic(topic, &args, origin, Some(&failures), site);
        let emitted = Emitted::new(args, stats);
        match error.or_else(|| failures.into_inner().take().map(EmitErrorKind::Failed)) {
            Some(error) => Err(EmitError::new(emitted, topic.to_owned().into(), error)),
            None => Ok(emitted),
        }
    }

    /// Runs the subscribers. Without a list of failures each failure is logged at once, inside the emit.
    fn run_topic(
        &self,
        topic: &str,
        args: &Args,
        origin: Option<&Origin>,
        failures: Option<&FailureList>,
        site: CallSite,
    ) -> (EmitStats, Option<EmitErrorKind>) {
        self.warn_if_unscanned();
        if self.withholds(
            &mut TopicEvent { topic, args },
            origin,
            site,
            EmitVerb::Emit,
        ) {
            return (EmitStats::default(), None);
        }
        let span = log::emit_span(topic, origin);
        let _entered = span.enter();
        let topic_plan = self.has_patterns().then(|| self.topic_plan(topic));
        let cached = match &topic_plan {
            None => None,
            Some(TopicPlan::Cached(cached)) => cached.as_deref(),
            Some(TopicPlan::Uncached(cached)) => Some(&**cached),
        };
        let mut stats = EmitStats::default();
        let mut error = None;
        if let Some(plan) = cached.and_then(|cached| cached.plan.as_ref()) {
            let emit_context = self.emit_context::<TopicEvent<'static>>(origin);
            let result = dispatch::guarded(plan, emit_context, |_| {
                run(plan, topic, args, emit_context, failures)
            });
            match result {
                Ok(of_chain) => stats = of_chain,
                Err(refusal) => error = Some(EmitErrorKind::TooDeep(*refusal)),
            }
        }
        if error.is_none() && stats.is_unheard() {
            let event = &TopicEvent { topic, args };
            self.emit_limits()
                .report_unheard(&TypedView { event, origin });
        }
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(topic_plan);
        (stats, error)
    }
}

fn run(
    plan: &Plan,
    topic: &str,
    args: &Args,
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList>,
) -> EmitStats {
    let mut event = TopicEvent { topic, args };
    let event = &mut ErasedEvent::new::<TopicEvent<'static>>(&mut event);
    dispatch::run_chain(plan, event, emit_context, failures)
}
