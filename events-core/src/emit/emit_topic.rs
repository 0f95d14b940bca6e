//! Emitting by a topic alone, without a type.
//!
//! Who hears a topic is found out once, and remembered in a table of a fixed size: a topic has one
//! place there, and takes it from another. So a million topics take no more memory than a thousand,
//! and one that is emitted again and again is not matched again.

use tracing::{debug, trace_span};

use super::{
    context::{CallSite, EmitContext},
    dispatch,
};
use crate::{
    context::{EmitGuard, log},
    event::{Args, TopicEvent, TypedView},
    handler::ErasedEvent,
    metadata::Origin,
    plan::Plan,
    primitives::drop_catching,
    registry::{Core, EmitVerb, TopicPlan},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted, FailureList},
};

impl Core {
    /// Emits a topic with its arguments, and logs what fails.
    pub(crate) fn emit_topic(
        &self,
        topic: &str,
        args: &Args,
        origin: Option<&Origin>,
        site: CallSite,
    ) {
        let failures = FailureList::new();
        let (_, trouble) = self.run_topic(topic, args, origin, &failures, site);
        if let Some(EmitErrorKind::TooDeep(refusal)) = trouble {
            log::refusal(&refusal);
        }
        log::failures(&mut failures.into_inner());
    }

    /// Emits a topic with its arguments, and tells what became of it.
    pub(crate) fn try_emit_topic(
        &self,
        topic: &str,
        args: Args,
        origin: Option<&Origin>,
        site: CallSite,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let failures = FailureList::new();
        let (told, trouble) = self.run_topic(topic, &args, origin, &failures, site);
        let emitted = Emitted::new(args, told);
        let failures = failures.into_inner().take();
        match trouble {
            Some(trouble) => Err(EmitError::new(emitted, topic.to_owned().into(), trouble)),
            None => match failures {
                None => Ok(emitted),
                Some(failures) => {
                    let trouble = EmitErrorKind::Failed(failures);
                    Err(EmitError::new(emitted, topic.to_owned().into(), trouble))
                }
            },
        }
    }

    fn run_topic(
        &self,
        topic: &str,
        args: &Args,
        origin: Option<&Origin>,
        failures: &FailureList,
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
        let span = {
            let origin = origin.map(tracing::field::display);
            trace_span!(target: "events_core", "emit", topic, origin)
        };
        let _entered = span.enter();
        let found = self.has_patterns().then(|| self.found(topic));
        let heard = match &found {
            None => None,
            Some(TopicPlan::Cached(heard)) => heard.as_deref(),
            Some(TopicPlan::Uncached(heard)) => Some(&**heard),
        };
        let mut told = EmitStats::default();
        let mut trouble = None;
        if let Some(plan) = heard.and_then(|heard| heard.plan.as_ref()) {
            let emit_context = self.emit_context::<TopicEvent<'static>>(origin);
            let limit = emit_context.emit_limits.limit();
            match EmitGuard::enter(plan.info(), limit) {
                Some(_level) => told = run(plan, topic, args, emit_context, failures),
                None => {
                    trouble = Some(EmitErrorKind::TooDeep(EmitGuard::refusal(
                        plan.info(),
                        limit,
                    )))
                }
            }
        }
        if trouble.is_none() && told.is_unheard() {
            debug!(target: "events_core", topic, "no subscriber heard the event");
            let event = &TopicEvent { topic, args };
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
        // The last who looks at a plan frees its closures, whose `Drop` may panic.
        drop_catching(found);
        (told, trouble)
    }
}

fn run(
    plan: &Plan,
    topic: &str,
    args: &Args,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
) -> EmitStats {
    let mut event = TopicEvent { topic, args };
    let event = &mut ErasedEvent::new::<TopicEvent<'static>>(&mut event);
    dispatch::chain(plan, event, emit_context, Some(failures))
}
