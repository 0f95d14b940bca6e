//! Emitting by a topic alone, without a type.
//!
//! Who hears a topic is found out once, and remembered in a table of a fixed size: a topic has one
//! place there, and takes it from another. So a million topics take no more memory than a thousand,
//! and one that is emitted again and again is not matched again.

use tracing::{debug, trace_span};

use super::{
    context::{Sending, Site},
    dispatch,
};
use crate::{
    context::{Level, log},
    event::{Args, Named, Typed},
    handler::Erased,
    metadata::Origin,
    plan::Plan,
    primitives::drop_contained,
    registry::{Core, Found, Way},
    result::{EmitError, Emitted, Failures, Told, Trouble},
};

impl Core {
    /// Emits a topic with its arguments, and logs what fails.
    pub(crate) fn emit_topic(&self, topic: &str, args: &Args, origin: Option<&Origin>, site: Site) {
        let failures = Failures::new();
        let (_, trouble) = self.run_topic(topic, args, origin, &failures, site);
        if let Some(Trouble::TooDeep(refusal)) = trouble {
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
        site: Site,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let failures = Failures::new();
        let (told, trouble) = self.run_topic(topic, &args, origin, &failures, site);
        let emitted = Emitted::new(args, told);
        let failures = failures.into_inner().take();
        match trouble {
            Some(trouble) => Err(EmitError::new(emitted, topic.to_owned().into(), trouble)),
            None => match failures {
                None => Ok(emitted),
                Some(failures) => {
                    let trouble = Trouble::Failed(failures);
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
        failures: &Failures,
        site: Site,
    ) -> (Told, Option<Trouble>) {
        self.look_for_scan();
        if self.keeps(&mut Named { topic, args }, origin, site, Way::Emit) {
            return (Told::default(), None);
        }
        let span = {
            let origin = origin.map(tracing::field::display);
            trace_span!(target: "events_core", "emit", topic, origin)
        };
        let _entered = span.enter();
        let found = self.hears_topics().then(|| self.found(topic));
        let heard = match &found {
            None => None,
            Some(Found::Remembered(heard)) => heard.as_deref(),
            Some(Found::New(heard)) => Some(&**heard),
        };
        let mut told = Told::default();
        let mut trouble = None;
        if let Some(plan) = heard.and_then(|heard| heard.plan.as_ref()) {
            let sending = self.sending::<Named<'static>>(origin);
            let limit = sending.unheard.limit();
            match Level::enter(plan.info(), limit) {
                Some(_level) => told = run(plan, topic, args, sending, failures),
                None => trouble = Some(Trouble::TooDeep(Level::refusal(plan.info(), limit))),
            }
        }
        if trouble.is_none() && told.is_unheard() {
            debug!(target: "events_core", topic, "no subscriber heard the event");
            let event = &Named { topic, args };
            self.unheard().tell(&Typed { event, origin });
        }
        // The last who looks at a plan frees its closures, whose `Drop` may panic.
        drop_contained(found);
        (told, trouble)
    }
}

fn run(plan: &Plan, topic: &str, args: &Args, sending: Sending<'_>, failures: &Failures) -> Told {
    let mut event = Named { topic, args };
    let event = &mut Erased::new::<Named<'static>>(&mut event);
    dispatch::chain(plan, event, sending, Some(failures))
}
