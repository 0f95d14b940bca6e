//! Muting subscribers, and who would be called with an event.

use super::{Id, Model};
use crate::program::{Event, Name, Phase};

impl Model<'_> {
    /// Mutes the subscribers that have this name now.
    pub(super) fn mute(&mut self, guard: usize, name: Name) {
        if self.guards[guard].is_some() {
            return self.trace.left_out();
        }
        let has_name = |id: &Id| {
            let one = &self.subscribers[*id];
            one.is_registered && one.placed.names.contains(&name)
        };
        let ids: Vec<_> = (0..self.subscribers.len()).filter(has_name).collect();
        self.trace.muted(!ids.is_empty());
        if !ids.is_empty() {
            ids.iter().for_each(|id| self.subscribers[*id].guards += 1);
            self.guards[guard] = Some(ids);
        }
    }

    pub(super) fn unmute(&mut self, guard: usize) {
        for id in self.guards[guard].take().into_iter().flatten() {
            self.subscribers[id].guards -= 1;
        }
    }

    pub(super) fn explain(&mut self, event: Event) {
        let mut ids = self.in_order(event.emitted().topic, event.kind);
        ids.sort_by_key(|id| self.handler(*id).phase != Phase::Sync);
        let verdicts: Vec<_> = ids
            .iter()
            .map(|id| format!("{}: {}", self.label(*id), self.verdict(*id, event)))
            .collect();
        let is_of_origin = |id: &Id| {
            let origin = self.handler(*id).origin;
            origin.is_none() || origin == event.origin
        };
        let counts = |id: &Id| self.subscribers[*id].guards == 0 && is_of_origin(id);
        let has_subscribers = self.hook || ids.iter().any(counts);
        self.trace.explained(&verdicts, has_subscribers);
    }

    fn verdict(&self, id: Id, event: Event) -> &'static str {
        let handler = self.handler(id);
        if self.subscribers[id].guards > 0 {
            "muted"
        } else if handler.origin.is_some() && handler.origin != event.origin {
            "origin"
        } else if handler.once && self.subscribers[id].is_claimed {
            "used up"
        } else if handler.when.is_some() {
            "called if"
        } else {
            "called"
        }
    }
}
