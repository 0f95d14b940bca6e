//! Sync emits by a topic.

use std::{panic::Location, sync::Arc};

use crate::{
    context::{NamedTopicGuard, depth, log},
    emit::{
        context::{CallSite, EmitContext},
        dispatch,
        unit::PlanSource,
        wrapped::{WrappedSync, run_wrapped},
    },
    event::{Args, TopicEvent, TypedView},
    handler::ErasedEvent,
    metadata::{EmitVerb, IntoKey, Origin},
    plan::Plan,
    policy::{EmitMiddleware, Entries},
    primitives::drop_catching,
    registry::{Core, Registry, enter_for_handlers},
    result::{
        EmitError, EmitErrorKind, EmitStats, Emitted, FailureList, NotRun, Outcomes, Recording,
        TooDeep,
    },
    unit::is_in_unit,
};

impl Registry {
    /// Emits a named event: the pattern subscribers that match the topic receive it, and read
    /// its arguments by name and type. Returns the arguments. Async and deferred ones receive it from the queue.
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
        let _current = enter_for_handlers(self);
        self.core().emit_topic(topic.as_ref(), args, None, site)
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
        let _current = enter_for_handlers(self);
        self.core()
            .emit_topic(topic.as_ref(), args, Some(&origin), site)
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
        let _current = enter_for_handlers(self);
        self.core().try_emit_topic(topic.as_ref(), args, None, site)
    }

    /// [`try_emit_topic`](Self::try_emit_topic) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit_topic`.
    #[track_caller]
    pub fn try_emit_topic_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let origin = origin.into_key().into();
        let site = Location::caller();
        let _current = enter_for_handlers(self);
        self.core()
            .try_emit_topic(topic.as_ref(), args, Some(&origin), site)
    }
}

/// How the emit of a topic ended.
enum TopicEnd {
    Ran,
    Refused(Box<TooDeep>),
    Withheld,
}

impl Core {
    /// Emits a topic with its arguments, and logs what fails.
    pub(in crate::emit) fn emit_topic(
        &self,
        topic: &str,
        args: Args,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> Args {
        let _sink = self.pass_failures();
        let (args, _, end) = self.run_topic(topic, args, origin, None, site);
        if let TopicEnd::Refused(refusal) = end {
            log::refusal(&refusal);
        }
        args
    }

    /// Emits a topic with its arguments, and reports the result.
    pub(in crate::emit) fn try_emit_topic(
        &self,
        topic: &str,
        args: Args,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let recording = Recording::new(Outcomes::OF_SYNC_EMIT);
        let failures = FailureList::recording(Some(&recording));
        let (args, stats, end) = self.run_topic(topic, args, origin, Some(&failures), site);
        let failures = failures.into_inner();
        let mut outcomes = recording.into_outcomes();
        let why = match end {
            TopicEnd::Ran => NotRun::FoundNone,
            TopicEnd::Withheld => NotRun::Withheld,
            TopicEnd::Refused(_) => NotRun::Refused,
        };
        if why != NotRun::FoundNone || !outcomes.has_plan() {
            self.record_topic_not_run(&mut outcomes, topic, why);
        }
        let emitted = Emitted::new(args, stats, outcomes);
        let error = match end {
            TopicEnd::Refused(refusal) => Some(EmitErrorKind::TooDeep(refusal)),
            _ => EmitErrorKind::of(failures),
        };
        match error {
            Some(error) => Err(EmitError::new(emitted, topic.to_owned().into(), error)),
            None => Ok(emitted),
        }
    }

    /// Runs the subscribers. Without a list of failures each failure is logged at once, inside the emit.
    fn run_topic(
        &self,
        topic: &str,
        mut args: Args,
        origin: Option<&Origin>,
        failures: Option<&FailureList<'_>>,
        site: CallSite,
    ) -> (Args, EmitStats, TopicEnd) {
        self.warn_if_unscanned();
        if self.is_intercepted() {
            let mut event = TopicEvent::new(topic, args);
            let is_withheld = self.withholds(&mut event, origin, site, EmitVerb::Emit);
            args = event.args;
            if is_withheld {
                return (args, EmitStats::default(), TopicEnd::Withheld);
            }
        }
        let span = log::emit_span(topic, origin);
        let _entered = span.enter();
        let middlewares = self.emit_middlewares();
        if middlewares.is_none() && is_in_unit() {
            let mut event = TopicEvent::new(topic, args);
            let ended = self.emit_topic_in_unit(&mut event, origin, failures, site);
            args = event.args;
            match ended {
                None => {}
                Some(Ok(stats)) => return (args, stats, TopicEnd::Ran),
                Some(Err(refusal)) => {
                    return (args, EmitStats::default(), TopicEnd::Refused(refusal));
                }
            }
        }
        let topic_plan = self.has_patterns().then(|| self.topic_plan(topic));
        let mut stats = EmitStats::default();
        let mut end = TopicEnd::Ran;
        if let Some(cached) = topic_plan.as_ref().and_then(|topic_plan| topic_plan.get())
            && let Some(plan) = &cached.plan
        {
            let mut event = TopicEvent {
                topic: Arc::clone(&cached.topic),
                args,
            };
            let emit_context = self.emit_context::<TopicEvent>(origin, site);
            let result = match middlewares {
                None => run(plan, &mut event, emit_context, failures).map(Some),
                Some(middlewares) => {
                    let wrapped = self.wrapped_topic(topic, emit_context, middlewares);
                    run_wrapped(wrapped, failures, &mut |failures| {
                        let event = &mut ErasedEvent::new::<TopicEvent>(&mut event);
                        let source = PlanSource::Topic(self, topic);
                        self.run_in_unit(source, event, emit_context, Some(failures))
                            .unwrap_or_else(|| {
                                dispatch::run_and_defer(plan, event, emit_context, Some(failures))
                            })
                    })
                }
            };
            args = event.args;
            match result {
                Ok(Some(of_plan)) => stats = of_plan,
                Ok(None) => end = TopicEnd::Withheld,
                Err(refusal) => end = TopicEnd::Refused(refusal),
            }
        } else if let Some(middlewares) = middlewares {
            let emit_context = self.emit_context::<TopicEvent>(origin, site);
            let wrapped = self.wrapped_topic(topic, emit_context, middlewares);
            match run_wrapped(wrapped, failures, &mut |_| EmitStats::default()) {
                Ok(Some(_)) => {}
                Ok(None) => end = TopicEnd::Withheld,
                Err(refusal) => end = TopicEnd::Refused(refusal),
            }
        }
        if matches!(end, TopicEnd::Ran) && stats.is_unheard() {
            args = self.report_unheard_topic(topic, args, origin);
        }
        // The last reader of a plan frees its closures, whose `Drop` may panic.
        drop_catching(topic_plan);
        (args, stats, end)
    }

    /// Emits a named event in the unit of work that this thread has entered. `None` if it is not emitted in that.
    #[cold]
    fn emit_topic_in_unit(
        &self,
        event: &mut TopicEvent,
        origin: Option<&Origin>,
        failures: Option<&FailureList<'_>>,
        site: CallSite,
    ) -> Option<Result<EmitStats, Box<TooDeep>>> {
        let emit_context = self.emit_context::<TopicEvent>(origin, site);
        let topic = Arc::clone(&event.topic);
        let _topic = NamedTopicGuard::enter(depth(), &topic);
        let source = PlanSource::Topic(self, &topic);
        let event = &mut ErasedEvent::new::<TopicEvent>(event);
        self.emit_in_unit(source, event, emit_context, failures)
    }

    /// An emission of a topic that is to be run through middleware.
    #[cold]
    fn wrapped_topic<'e>(
        &'e self,
        topic: &str,
        emit_context: EmitContext<'e>,
        middlewares: Entries<dyn EmitMiddleware>,
    ) -> WrappedSync<'e> {
        WrappedSync {
            topic: topic.to_owned().into(),
            event: None,
            emit_context,
            policy: self.policy(),
            middlewares,
        }
    }

    /// Reports that no subscriber received the event. The event is made only for a hook.
    fn report_unheard_topic(&self, topic: &str, args: Args, origin: Option<&Origin>) -> Args {
        log::unheard(topic);
        if self.emit_limits().fast_path_limit() > 0 {
            return args; // there is no hook
        }
        let event = TopicEvent::new(topic, args);
        self.emit_limits().call_unheard_hook(&TypedView {
            event: &event,
            origin,
        });
        event.args
    }
}

fn run(
    plan: &Plan,
    event: &mut TopicEvent,
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList<'_>>,
) -> Result<EmitStats, Box<TooDeep>> {
    let _topic = NamedTopicGuard::enter(depth(), &event.topic);
    let event = &mut ErasedEvent::new::<TopicEvent>(event);
    dispatch::guarded(plan, emit_context, |_| {
        dispatch::run_and_defer(plan, event, emit_context, failures)
    })
}
