//! The subscribers: registrations and what refuses them, removals, and the plan of a topic.

use std::{cmp::Reverse, rc::Rc};

use super::{
    Group, Id, Model, Plan, SharedPlan, Subscriber,
    order::{self, Placed, Rank},
};
use crate::program::{
    DECLARED, FREE, KINDS, Kind, METHODS, Name, Phase, Registered, Target, matches, methods_of,
    topic_of,
};

impl Model<'_> {
    pub(super) fn subscribe(&mut self, handler: usize, detach: bool) {
        if self.held[handler].is_some() {
            return self.trace.left_out();
        }
        let prepared = self.prepare(handler);
        let registered = self.register(&prepared);
        if registered == Registered::Ok && !detach {
            self.held[handler] = Some(prepared);
        }
        self.trace.registered(registered);
    }

    pub(super) fn batch(&mut self, slot: usize, handlers: &[usize], between: Option<usize>) {
        if self.batches[slot].is_some() {
            return self.trace.left_out();
        }
        if let Some(between) = between {
            let between = self.prepare(between);
            let registered = self.register(&between);
            self.trace.registered(registered);
        }
        let mut prepared = Vec::new();
        handlers
            .iter()
            .for_each(|one| prepared.extend(self.prepare(*one)));
        let registered = self.register(&prepared);
        if registered == Registered::Ok {
            self.batches[slot] = Some(prepared);
        }
        self.trace.registered(registered);
    }

    pub(super) fn listen(&mut self, listener: usize) {
        if self.listeners[listener].is_some() {
            return self.trace.left_out();
        }
        let mut prepared = Vec::new();
        methods_of(listener).for_each(|one| prepared.extend(self.prepare(one)));
        let registered = self.register(&prepared);
        if registered == Registered::Ok {
            self.listeners[listener] = Some(prepared);
        }
        self.trace.registered(registered);
    }

    pub(super) fn scan(&mut self, declared: &[usize]) {
        let is_new = |one: &&usize| {
            let mut there = self.subscribers.iter();
            !there.any(|other| other.is_registered && other.handler == **one)
        };
        let new: Vec<_> = declared.iter().filter(is_new).copied().collect();
        let mut prepared = Vec::new();
        new.iter()
            .for_each(|one| prepared.extend(self.prepare(*one)));
        // A scan has all functions that are linked: no target of one is unknown.
        let fits = self.all_can_be_ordered(&prepared);
        if fits {
            self.add(&prepared);
        }
        self.trace.scanned(fits);
    }

    pub(super) fn unsubscribe(&mut self, group: Group) {
        for id in group.into_iter().flatten() {
            self.subscribers[id].is_closed = true;
            self.subscribers[id].is_registered = false;
            self.scheduled.retain(|(other, _)| *other != id);
        }
    }

    /// New subscribers of one handler, one for each kind of its events, that are not registered yet.
    fn prepare(&mut self, number: usize) -> Vec<Id> {
        let handler = &self.program.handlers[number];
        let is_declared = number < DECLARED;
        let own = match number.checked_sub(DECLARED) {
            None => Some(Name::Declared(number)),
            Some(method) if number < FREE => Some(Name::Method(method % METHODS)),
            Some(_) => None,
        };
        let kinds = match &handler.target {
            Target::Exact(kinds) => kinds.iter().copied().map(Some).collect(),
            Target::Pattern(_) => vec![None],
        };
        let mut ids = Vec::new();
        for kind in kinds {
            let rank = Rank {
                priority: Reverse(handler.priority),
                at_run_time: !is_declared,
                number: if is_declared { number } else { self.next },
            };
            self.next += 1;
            ids.push(self.subscribers.len());
            self.subscribers.push(Subscriber {
                handler: number,
                kind,
                placed: Placed {
                    rank,
                    phase: handler.phase,
                    names: own.into_iter().chain(handler.id.map(Name::Id)).collect(),
                    before: handler.before.clone(),
                    after: handler.after.clone(),
                },
                is_registered: false,
                is_closed: false,
                is_claimed: false,
                under_way: 0,
                guards: 0,
            });
        }
        ids
    }

    /// Registers all of these, or none.
    fn register(&mut self, ids: &[Id]) -> Registered {
        let taken = |name: &Name| {
            let mut registered = self.subscribers.iter().filter(|one| one.is_registered);
            registered.any(|one| one.placed.names.contains(name))
        };
        let own: Vec<_> = ids
            .iter()
            .flat_map(|id| &self.subscribers[*id].placed.names)
            .filter(|name| matches!(name, Name::Id(_)))
            .collect();
        let is_twice = |index: usize| own[..index].contains(&own[index]);
        if own.iter().any(|name| taken(name)) || (0..own.len()).any(is_twice) {
            return Registered::IdTaken;
        }
        if ids.iter().any(|id| self.has_unknown_target(*id, ids)) {
            return Registered::UnknownTarget;
        }
        if !self.all_can_be_ordered(ids) {
            return Registered::Order;
        }
        self.add(ids);
        Registered::Ok
    }

    fn add(&mut self, ids: &[Id]) {
        for id in ids {
            self.subscribers[*id].is_registered = true;
        }
    }

    /// Whether a target of `before` or `after` is neither registered nor among those registered with it, and
    /// may not be absent. The
    /// target of an exact subscriber receives the same events; that of a pattern may receive any.
    fn has_unknown_target(&self, id: Id, with: &[Id]) -> bool {
        if self.handler(id).if_present {
            return false;
        }
        let placed = &self.subscribers[id].placed;
        let kind = self.subscribers[id].kind;
        let is_there = |name: &Name| {
            (0..self.subscribers.len()).any(|other| {
                let one = &self.subscribers[other];
                (one.is_registered || with.contains(&other))
                    && one.placed.names.contains(name)
                    && kind.is_none_or(|kind| self.receives(other, topic_of(kind), kind))
            })
        };
        let mut targets = placed.before.iter().chain(&placed.after);
        targets.any(|name| !is_there(name))
    }

    /// Whether it is for events of this topic and kind.
    pub(super) fn receives(&self, id: Id, topic: &str, kind: Kind) -> bool {
        match &self.handler(id).target {
            Target::Pattern(pattern) => matches(*pattern, topic),
            Target::Exact(_) => self.subscribers[id].kind == Some(kind),
        }
    }

    /// Whether all subscribers of each kind, and all patterns, can be ordered with these.
    fn all_can_be_ordered(&self, with: &[Id]) -> bool {
        let is_there = |id: &Id| self.subscribers[*id].is_registered || with.contains(id);
        let there: Vec<_> = (0..self.subscribers.len()).filter(is_there).collect();
        let can = |ids: Vec<Id>| order::sort(&self.placed(&ids)).is_some();
        let is_pattern = |id: &Id| matches!(self.handler(*id).target, Target::Pattern(_));
        let patterns = there.iter().copied().filter(is_pattern).collect();
        can(patterns)
            && KINDS.iter().all(|kind| {
                let topic = topic_of(*kind);
                let receives = |id: &Id| self.receives(*id, topic, *kind);
                can(there.iter().copied().filter(receives).collect())
            })
    }

    fn placed(&self, ids: &[Id]) -> Vec<Placed> {
        ids.iter()
            .map(|id| self.subscribers[*id].placed.clone())
            .collect()
    }

    pub(super) fn precedes(&self, first: Id, second: Id) -> bool {
        order::precedes(
            &self.subscribers[first].placed,
            &self.subscribers[second].placed,
        )
    }

    /// The subscribers of a topic and a kind in their order.
    pub(super) fn in_order(&self, topic: &str, kind: Kind) -> Vec<Id> {
        let receives =
            |id: &Id| self.subscribers[*id].is_registered && self.receives(*id, topic, kind);
        let ids: Vec<_> = (0..self.subscribers.len()).filter(receives).collect();
        let sorted = order::sort(&self.placed(&ids)).expect("registration has checked the order");
        sorted.into_iter().map(|index| ids[index]).collect()
    }

    /// The subscribers of a topic and a kind that are muted.
    pub(super) fn muted(&self, topic: &str, kind: Kind) -> Vec<Id> {
        let mut ids = self.in_order(topic, kind);
        ids.retain(|id| self.subscribers[*id].guards > 0);
        ids
    }

    /// The subscribers of a topic and a kind; `None` when there are none, or only muted ones.
    pub(super) fn plan(&self, topic: &str, kind: Kind) -> Option<SharedPlan> {
        let all = self.in_order(topic, kind);
        let ids = all.iter().copied();
        let (muted, called): (Vec<_>, Vec<_>) =
            ids.partition(|id| self.subscribers[*id].guards > 0);
        let is_sync = |id: &Id| self.handler(*id).phase == Phase::Sync;
        let (sync, background): (Vec<_>, Vec<_>) = called.into_iter().partition(is_sync);
        let is_empty = sync.is_empty() && background.is_empty();
        let plan = Plan {
            sync,
            background,
            muted,
            all,
        };
        (!is_empty).then(|| Rc::new(plan))
    }
}
