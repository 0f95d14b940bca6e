//! What became of each subscriber of an emit. It is noted for each of them where it is decided.

use super::{Emitted, Id, Model, Plan};
use crate::program::{End, Kind};

/// The subscribers of an emit for which it is decided.
#[derive(Debug, Default)]
pub(super) struct Fates(Vec<(Id, String)>);

impl Fates {
    pub(super) fn set(&mut self, id: Id, fate: impl Into<String>) {
        self.0.push((id, fate.into()));
    }

    /// A handler has ended.
    pub(super) fn end(&mut self, id: Id, end: End) {
        self.set(
            id,
            match end {
                End::Done => "ran",
                End::Break => "stopped",
                End::Error | End::Panic => "failed",
            },
        );
    }

    pub(super) fn append(&mut self, other: &mut Self) {
        self.0.append(&mut other.0);
    }
}

impl Model<'_> {
    /// Notes that a filter has excluded an event from a subscriber.
    pub(super) fn skip(&self, fates: &mut Fates, id: Id, event: Emitted<'_>) {
        let (handler, one) = (self.handler(id), &self.subscribers[id]);
        let reason = if handler.origin.is_some() && handler.origin != event.origin {
            "Origin"
        } else if handler.once && one.is_claimed {
            "UsedUp"
        } else if one.is_closed {
            "Unsubscribed"
        } else {
            "Condition"
        };
        fates.set(id, format!("skipped {reason}"));
    }

    /// The outcomes of an emit that ran this plan. What is not decided is behind a stop.
    pub(super) fn outcomes(&self, plan: &Plan, fates: &Fates) -> Vec<String> {
        let fate = |id: &Id| {
            let decided = fates.0.iter().find(|(one, _)| one == id);
            let fate = decided.map_or("not reached AfterStop", |(_, fate)| fate);
            format!("{}: {fate}", self.label(*id))
        };
        let reached = plan.sync.iter().chain(&plan.background).map(fate);
        reached.chain(self.muted_outcomes(&plan.muted)).collect()
    }

    /// The outcomes of an emit that is refused.
    pub(super) fn refused_outcomes(&self, plan: &Plan) -> Vec<String> {
        let refused = |id: &Id| format!("{}: not reached Refused", self.label(*id));
        let reached = plan.sync.iter().chain(&plan.background).map(refused);
        reached.chain(self.muted_outcomes(&plan.muted)).collect()
    }

    /// The outcomes of an emit that found no plan.
    pub(super) fn outcomes_without_plan(&self, topic: &str, kind: Kind) -> Vec<String> {
        let muted = self.muted(topic, kind);
        self.muted_outcomes(&muted).collect()
    }

    fn muted_outcomes(&self, muted: &[Id]) -> impl Iterator<Item = String> {
        muted
            .iter()
            .map(|id| format!("{}: skipped Muted", self.label(*id)))
    }
}
