//! The subscribers: registrations, filters, and which of them receive an event when.

use std::{cmp::Reverse, rc::Rc};

use super::{Emission, Id, Model, Plan, SharedPlan, Subscriber};
use crate::units::program::{Event, Kind, ORIGINS, Phase};

/// Which of the subscribers are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Those of an event that is in no unit.
    All,
    AtOnce,
    AfterCommit,
    AfterRollback,
}

/// Those of an event that is held.
pub(super) const LATER: [Part; 2] = [Part::AfterCommit, Part::AfterRollback];

impl Model<'_> {
    pub(super) fn subscribe(&mut self, handler: usize) {
        if self.held[handler].is_some() {
            return self.trace.left_out();
        }
        self.held[handler] = Some(self.subscribers.len());
        self.subscribers.push(Subscriber {
            handler,
            is_registered: true,
            is_closed: false,
            is_claimed: false,
        });
    }

    pub(super) fn unsubscribe(&mut self, handler: usize) {
        if let Some(id) = self.held[handler].take() {
            self.subscribers[id].is_registered = false;
            self.subscribers[id].is_closed = true;
        }
    }

    /// When a subscriber receives events of this kind in a unit.
    fn part_of(&self, id: Id, kind: Kind) -> Part {
        let handler = self.handler(id);
        match handler.phase {
            Some(Phase::AfterCommit) => Part::AfterCommit,
            Some(Phase::AfterRollback) => Part::AfterRollback,
            _ if !handler.mode.is_in_order() => Part::AfterCommit,
            Some(Phase::AtOnce) => Part::AtOnce,
            None if kind == Kind::Committed => Part::AfterCommit,
            None => Part::AtOnce,
        }
    }

    /// The subscribers of that part; `None` if there are none.
    pub(super) fn plan(&self, kind: Kind, part: Part) -> Option<SharedPlan> {
        let receives = |id: &Id| {
            let of = self.part_of(*id, kind);
            let is_in = of == part || part == Part::All && of != Part::AfterRollback;
            let is_of_kind = self.handler(*id).kind.is_none_or(|own| own == kind);
            self.subscribers[*id].is_registered && is_of_kind && is_in
        };
        let mut all: Vec<_> = (0..self.subscribers.len()).filter(receives).collect();
        all.sort_by_key(|id| Reverse(self.handler(*id).priority));
        let is_in_order = |id: &Id| self.handler(*id).mode.is_in_order();
        let (chain, background): (Vec<_>, Vec<_>) = all.into_iter().partition(is_in_order);
        let is_empty = chain.is_empty() && background.is_empty();
        (!is_empty).then(|| Rc::new(Plan { chain, background }))
    }

    /// Which subscribers of an event would be called, in order, and why the others would not. One that is subscribed at run
    /// time, runs once and has run is gone.
    pub(super) fn explain(&mut self, event: Event) {
        let receives = |id: &Id| {
            let is_of_kind = self.handler(*id).kind.is_none_or(|own| own == event.kind);
            is_of_kind && self.subscribers[*id].is_registered
        };
        let mut all: Vec<_> = (0..self.subscribers.len()).filter(receives).collect();
        let runs_later = |id: &Id| !self.handler(*id).mode.is_in_order();
        all.sort_by_key(|id| (runs_later(id), Reverse(self.handler(*id).priority)));
        let line = |id: Id| {
            let verdict = self.verdict(id, event);
            format!("h{}: {verdict}", self.subscribers[id].handler)
        };
        let lines: Vec<_> = all.into_iter().map(line).collect();
        self.trace.result("explained", lines);
    }

    fn verdict(&self, id: Id, event: Event) -> String {
        let handler = self.handler(id);
        let other_origin = handler.origin.filter(|own| event.origin != Some(*own));
        if let Some(origin) = other_origin {
            let origin = ORIGINS[origin];
            return format!("not called: it is limited to the origin `{origin}`");
        }
        let part = self.part_of(id, event.kind);
        if part == Part::AfterRollback {
            return "not called: it runs only when the unit of work of the event is rolled back"
                .to_owned();
        }
        let called = match handler.is_even {
            Some(_) => "called if its condition accepts the event",
            None => "called",
        };
        if part == Part::AfterCommit && handler.mode.is_in_order() {
            return format!("{called}, after the commit if it is emitted in a unit of work");
        }
        called.to_owned()
    }

    /// Whether some of the subscribers of a kind do not run at once in a unit.
    pub(super) fn is_divided(&self, kind: Kind) -> bool {
        LATER.iter().any(|part| self.plan(kind, *part).is_some())
    }

    /// Whether an event passes the filters of a subscriber.
    pub(super) fn accepts(&self, id: Id, emission: Emission) -> bool {
        let handler = self.handler(id);
        let one = &self.subscribers[id];
        let event = emission.event;
        let is_gone = one.is_closed || handler.once && one.is_claimed;
        !is_gone
            && handler
                .origin
                .is_none_or(|origin| event.origin == Some(origin))
            && handler
                .is_even
                .is_none_or(|is_even| (event.value % 2 == 0) == is_even)
    }

    /// Uses up the `once` of a subscriber; false if it is used up.
    pub(super) fn claim(&mut self, id: Id) -> bool {
        if !self.handler(id).once {
            return true;
        }
        let is_first = !self.subscribers[id].is_claimed;
        self.subscribers[id].is_claimed = true;
        self.subscribers[id].is_registered = false;
        is_first
    }
}
