//! What became of each subscriber of an emit. It is noted for each of them where it is decided.

use super::{Emitted, Id, Model, Plan, background::Run};
use crate::program::{End, Fate, Kind, Phase};

/// The subscribers of an emit for which it is decided.
#[derive(Debug, Default)]
pub(super) struct Fates(Vec<(Id, String)>);

impl Fates {
    pub(super) fn set(&mut self, id: Id, fate: impl Into<String>) {
        self.0.push((id, fate.into()));
    }

    /// That became of a subscriber.
    pub(super) fn add(&mut self, id: Id, fate: Fate) {
        let text = match fate {
            Fate::Ran => "ran",
            Fate::Stopped => "stopped",
            Fate::Failed(_) => "failed",
            Fate::Retrying(_) => "retrying",
            Fate::Withheld => "not reached Withheld",
            Fate::Skipped(reason) => return self.set(id, format!("skipped {reason}")),
        };
        self.set(id, text);
    }

    pub(super) fn append(&mut self, other: &mut Self) {
        self.0.append(&mut other.0);
    }
}

impl Model<'_> {
    /// A filter has excluded an event from a subscriber.
    pub(super) fn skipped(&self, id: Id, event: Emitted<'_>) -> Fate {
        let (handler, one) = (self.handler(id), &self.subscribers[id]);
        Fate::Skipped(
            if handler.origin.is_some() && handler.origin != event.origin {
                "Origin"
            } else if handler.once && one.is_claimed {
                "UsedUp"
            } else if one.is_closed {
                "Unsubscribed"
            } else {
                "Condition"
            },
        )
    }

    /// The outcomes of an emit that ran this plan. What is not decided is behind a stop.
    pub(super) fn outcomes(&self, plan: &Plan, fates: &Fates) -> Vec<String> {
        let fate = |id: &Id| {
            let decided = fates.0.iter().find(|(one, _)| one == id);
            let fate = decided.map_or("not reached AfterStop", |(_, fate)| fate);
            format!("{}: {fate}", self.label(*id))
        };
        self.outcomes_in_order(plan, fate)
    }

    /// The outcomes of an emit that is refused.
    pub(super) fn refused_outcomes(&self, plan: &Plan) -> Vec<String> {
        let refused = |id: &Id| format!("{}: not reached Refused", self.label(*id));
        self.outcomes_in_order(plan, refused)
    }

    /// Those that run later come last, and muted ones have their places.
    fn outcomes_in_order(&self, plan: &Plan, called: impl Fn(&Id) -> String) -> Vec<String> {
        let runs_later = |id: &&Id| self.handler(**id).phase != Phase::Sync;
        let mut in_phases: Vec<_> = plan.all.iter().collect();
        in_phases.sort_by_key(runs_later);
        let outcome = |id: &Id| {
            if plan.muted.contains(id) {
                self.muted_outcome(*id)
            } else {
                called(id)
            }
        };
        in_phases.into_iter().map(outcome).collect()
    }

    /// The outcomes of an emit that found no plan.
    pub(super) fn outcomes_without_plan(&self, topic: &str, kind: Kind) -> Vec<String> {
        let mut muted = self.muted(topic, kind);
        muted.sort_by_key(|id| self.handler(*id).phase != Phase::Sync);
        muted.into_iter().map(|id| self.muted_outcome(id)).collect()
    }

    fn muted_outcome(&self, id: Id) -> String {
        format!("{}: skipped Muted", self.label(id))
    }

    pub(super) fn end_call(&mut self, run: &mut Run, number: usize, end: End) {
        let id = run.plan.background[number];
        let may_repeat = run.attempt <= self.handler(id).retries && !self.subscribers[id].is_closed;
        let fate = match end.into() {
            Fate::Failed(cause) if may_repeat => Fate::Retrying(cause),
            fate => fate,
        };
        self.end_with(run, number, self.after(id, fate));
    }

    /// That became of a handler. It stops no other.
    pub(super) fn end_with(&mut self, run: &mut Run, number: usize, fate: Fate) {
        let id = run.plan.background[number];
        let fate = if fate == Fate::Stopped {
            Fate::Ran
        } else {
            fate
        };
        run.fates.add(id, fate);
        match fate {
            Fate::Ran | Fate::Stopped => run.ran += 1,
            Fate::Failed(cause) => {
                run.ran += usize::from(cause.is_from_call());
                run.failures.push((number, self.label(id), cause));
            }
            Fate::Retrying(_) => run.repeated.push(number),
            Fate::Skipped(_) | Fate::Withheld => {}
        }
    }

    /// Schedules the calls that are to be repeated, at the end of a poll. Returns how many.
    pub(super) fn schedule(&mut self, run: &mut Run) -> usize {
        let repeated = std::mem::take(&mut run.repeated);
        for number in &repeated {
            let id = run.plan.background[*number];
            let next = run.next_attempt(*number);
            self.retried += 1;
            if !self.subscribers[id].is_closed {
                self.scheduled.push_back((id, next));
            }
        }
        run.retrying += repeated.len();
        repeated.len()
    }
}
