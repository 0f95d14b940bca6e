//! Middleware with the rule of a program.

use events_core::{
    info::SubscriberInfo,
    middleware::{BoxFuture, Call, Middleware, Next, NextAsync},
    outcomes::{NotReached, SkipReason, SubscriberOutcome},
};

use super::{Shared, calls::Scripted, label};
use crate::program::Rule;

struct ByRule(Rule);

impl ByRule {
    fn applies(call: Call<'_>) -> bool {
        Rule::applies(&label(call.subscriber()))
    }

    fn before(&self, call: Call<'_>) -> Option<SubscriberOutcome> {
        if !Self::applies(call) {
            return None;
        }
        match self.0 {
            Rule::Skip => Some(SubscriberOutcome::Skipped(SkipReason::Middleware)),
            Rule::Withhold => Some(SubscriberOutcome::NotReached(NotReached::Withheld)),
            _ => None,
        }
    }

    fn after(&self, call: Call<'_>, outcome: SubscriberOutcome) -> SubscriberOutcome {
        if !Self::applies(call) {
            return outcome;
        }
        match (self.0, outcome) {
            (Rule::Refuse, SubscriberOutcome::Ran) => call.fail(Scripted),
            (Rule::Swallow, SubscriberOutcome::Failed(_))
            | (Rule::Continue, SubscriberOutcome::Stopped) => SubscriberOutcome::Ran,
            (Rule::Stop, SubscriberOutcome::Ran) => SubscriberOutcome::Stopped,
            (Rule::GiveUp, SubscriberOutcome::Retrying(failure)) => {
                SubscriberOutcome::Failed(failure)
            }
            (Rule::Hide, _) => SubscriberOutcome::Skipped(SkipReason::Middleware),
            (_, outcome) => outcome,
        }
    }
}

impl Middleware for ByRule {
    fn call(&self, _: &SubscriberInfo, next: Next<'_>) -> SubscriberOutcome {
        let call = next.call();
        self.before(call)
            .unwrap_or_else(|| self.after(call, next.run()))
    }

    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        let call = next.call();
        Box::pin(async move {
            match self.before(call) {
                Some(outcome) => outcome,
                None => self.after(call, next.run().await),
            }
        })
    }
}

impl Shared {
    pub(super) fn wrap(&self, slot: usize, rule: Rule) {
        if self.wraps.borrow()[slot].is_some() {
            return self.note(crate::trace::Trace::left_out);
        }
        let wrapped = self.registry.wrap(ByRule(rule));
        self.wraps.borrow_mut()[slot] = Some(wrapped);
    }
}
