//! Muting subscribers, and who would be called with an event.

use std::collections::BTreeSet;

use super::{Id, Model, Subscriber};
use crate::{
    program::{DECLARED, Event, METHODS, Name, PATTERNS, Phase, Target, matches, topic_of},
    trace::label,
};

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
        let others = self.others(event);
        self.trace.explained(&verdicts, &others, has_subscribers);
    }

    /// The subscribers that do not receive the event, with the reason.
    fn others(&self, event: Event) -> BTreeSet<String> {
        let (topic, handlers) = (event.emitted().topic, &self.program.handlers);
        let is_registered = |is_one: &dyn Fn(&Subscriber) -> bool| {
            let mut registered = self.subscribers.iter().filter(|one| one.is_registered);
            registered.any(is_one)
        };
        let mut others = BTreeSet::new();
        for (id, one) in self.subscribers.iter().enumerate() {
            let target = &handlers[one.handler].target;
            let receives = match target {
                Target::Exact(kinds) => kinds.contains(&event.kind),
                Target::Pattern(pattern) => matches(*pattern, topic),
            };
            if one.is_registered && !receives {
                others.insert(format!("{}: {}", self.label(id), other_target(target)));
            }
        }
        // Those that are declared, whatever they receive.
        for (number, handler) in handlers.iter().enumerate().take(DECLARED + METHODS) {
            let (is_there, why) = match number.checked_sub(DECLARED) {
                None => (
                    is_registered(&|one| one.handler == number),
                    "it is not scanned",
                ),
                Some(method) => (
                    is_registered(&|one| one.placed.names.contains(&Name::Method(method))),
                    "its listener is not added",
                ),
            };
            if !is_there {
                others.insert(format!("{}: {why}", label(number, handler)));
            }
        }
        others
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

/// That a subscriber receives other events.
fn other_target(target: &Target) -> String {
    match target {
        Target::Exact(kinds) => {
            let mut topics: Vec<_> = kinds.iter().copied().map(topic_of).collect();
            topics.sort_unstable();
            format!("it receives {topics:?}")
        }
        Target::Pattern(pattern) => format!("it receives {}", PATTERNS[*pattern]),
    }
}
