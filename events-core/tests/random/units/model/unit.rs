//! The units: their savepoints, what they hold, and their ends.

use super::{Emission, Model, Owner, background::Job, plan::Part};
use crate::units::{
    program::{End, Event, Op},
    trace,
};

/// The number of a unit.
pub(super) type UnitId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Open,
    Prepared,
    /// It runs what it held.
    Ending,
    Committed,
    RolledBack,
}

pub(super) struct Unit {
    pub(super) life: Life,
    /// The open savepoints, innermost last; the unit itself is 0.
    levels: Vec<usize>,
    /// What is held, in the order in which the emits began.
    places: Vec<Place>,
    before_commit: Vec<(usize, Vec<Op>, End)>,
}

struct Place {
    number: usize,
    level: usize,
    /// `None` while the emit is under way.
    held: Option<Held>,
}

/// What a unit holds.
pub(super) enum Held {
    Emission {
        emission: Emission,
        is_reserved: bool,
        /// Whether a subscriber received it at once.
        is_heard: bool,
    },
    Enqueued(Emission),
    Function(Vec<Op>),
}

impl Unit {
    pub(super) fn state(&self) -> trace::Unit {
        let is_open = self.is_open();
        trace::Unit {
            is_open,
            savepoints: self.levels.len().saturating_sub(1),
            held: self.places.len(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.life, Life::Open | Life::Prepared)
    }

    pub(super) fn is_committed(&self) -> bool {
        matches!(self.life, Life::Ending | Life::Committed)
    }

    /// Removes what is held at these levels.
    fn take(&mut self, levels: &[usize]) -> Vec<Held> {
        let is_there = |place: &mut Place| levels.contains(&place.level);
        let taken = self.places.extract_if(.., is_there);
        taken.filter_map(|place| place.held).collect()
    }
}

impl Model<'_> {
    pub(super) fn begin(&mut self, slot: usize) {
        if self.owners[slot] != Owner::Nothing {
            return self.trace.left_out();
        }
        let unit = self.units.len();
        self.units.push(Unit {
            life: Life::Open,
            levels: vec![0],
            places: Vec::new(),
            before_commit: Vec::new(),
        });
        self.owners[slot] = Owner::Work(unit);
        self.handles[slot] = Some(unit);
        self.points[slot].clear();
    }

    pub(super) fn savepoint(&mut self, slot: usize) {
        let Some(id) = self.handles[slot] else {
            return self.trace.left_out();
        };
        let number = self.number();
        let unit = &mut self.units[id];
        let is_open = unit.life == Life::Open;
        if is_open {
            unit.levels.push(number);
            self.points[slot].push(number);
        }
        self.trace.result("savepoint", is_open);
    }

    pub(super) fn release(&mut self, slot: usize, choice: usize) {
        let count = self.points[slot].len();
        if count == 0 {
            return self.trace.left_out();
        }
        let number = self.points[slot][count - 1 - choice % count];
        let id = self.handles[slot].expect("savepoints belong to a unit");
        let unit = &mut self.units[id];
        let is_innermost = unit.levels.last() == Some(&number);
        let is_there = unit.levels.contains(&number);
        if is_innermost {
            unit.levels.pop();
            let around = *unit.levels.last().expect("a savepoint is in a unit");
            let levels = unit.places.iter_mut().map(|place| &mut place.level);
            let levels = levels.chain(unit.before_commit.iter_mut().map(|step| &mut step.0));
            levels
                .filter(|level| **level == number)
                .for_each(|level| *level = around);
        }
        if is_innermost || !is_there {
            self.points[slot].remove(count - 1 - choice % count);
        }
        let result = match (is_innermost, is_there) {
            (true, _) => "ok",
            (_, true) => "another one is open in it",
            _ => "gone",
        };
        self.trace.result("released", result);
    }

    pub(super) fn roll_back_to(&mut self, slot: usize, choice: usize) {
        let count = self.points[slot].len();
        if count == 0 {
            return self.trace.left_out();
        }
        let number = self.points[slot].remove(count - 1 - choice % count);
        let id = self.handles[slot].expect("savepoints belong to a unit");
        let unit = &mut self.units[id];
        let Some(index) = unit.levels.iter().position(|level| *level == number) else {
            return;
        };
        let levels = unit.levels.split_off(index);
        unit.before_commit
            .retain(|(level, ..)| !levels.contains(level));
        let held = unit.take(&levels);
        self.end_each(held, Part::AfterRollback);
    }

    pub(super) fn before_commit(&mut self, slot: usize, ops: &[Op], end: End) {
        let Some(id) = self.handles[slot] else {
            return self.trace.left_out();
        };
        let unit = &mut self.units[id];
        let is_open = unit.life == Life::Open;
        if let Some(level) = unit.levels.last().filter(|_| is_open) {
            unit.before_commit.push((*level, ops.to_vec(), end));
        }
        self.trace.result("before the commit", is_open);
    }

    pub(super) fn after_commit(&mut self, slot: usize, ops: &[Op]) {
        let Some(id) = self.handles[slot] else {
            return self.trace.left_out();
        };
        let function = Held::Function(ops.to_vec());
        let is_ending = self.units[id].life == Life::Ending;
        if is_ending {
            self.end_each(vec![function], Part::AfterCommit);
        } else if self.units[id].is_open() {
            let place = self.open_place(id);
            self.fill(id, place, function);
        }
        let is_accepted = is_ending || self.units[id].is_open();
        self.trace.result("after the commit", is_accepted);
    }

    /// A place behind those of emits that began before; the unit is open.
    pub(super) fn open_place(&mut self, unit: UnitId) -> usize {
        let number = self.number();
        let unit = &mut self.units[unit];
        let level = *unit.levels.last().expect("the unit is open");
        unit.places.push(Place {
            number,
            level,
            held: None,
        });
        number
    }

    pub(super) fn free_place(&mut self, unit: UnitId, number: usize) {
        self.units[unit]
            .places
            .retain(|place| place.number != number);
    }

    /// False if the unit or the savepoint has ended.
    pub(super) fn fill(&mut self, unit: UnitId, number: usize, held: Held) -> bool {
        let mut places = self.units[unit].places.iter_mut();
        match places.find(|place| place.number == number) {
            Some(place) => {
                place.held = Some(held);
                true
            }
            None => false,
        }
    }

    pub(super) fn prepare(&mut self, slot: usize) {
        let Owner::Work(unit) = self.owners[slot] else {
            return self.trace.left_out();
        };
        self.owners[slot] = Owner::Busy;
        let result = self.run_before_commit(unit);
        self.owners[slot] = match result {
            "ok" => Owner::Prepared(unit),
            _ => Owner::Nothing,
        };
        self.trace.result("prepared", result);
    }

    pub(super) fn commit(&mut self, slot: usize) {
        let (unit, result) = match self.owners[slot] {
            Owner::Prepared(unit) => (unit, None),
            Owner::Work(unit) => (unit, Some(unit)),
            Owner::Nothing | Owner::Busy => return self.trace.left_out(),
        };
        self.owners[slot] = Owner::Busy;
        let result = result.map_or("ok", |unit| self.run_before_commit(unit));
        if result == "ok" {
            self.units[unit].life = Life::Ending;
            let held = self.take_all(unit);
            self.end_each(held, Part::AfterCommit);
            self.units[unit].life = Life::Committed;
        }
        self.owners[slot] = Owner::Nothing;
        self.trace.result("committed", result);
    }

    pub(super) fn roll_back(&mut self, slot: usize) {
        let owner = self.owners[slot];
        match owner {
            Owner::Work(unit) | Owner::Prepared(unit) => {
                self.owners[slot] = Owner::Nothing;
                self.roll_back_unit(unit);
            }
            Owner::Nothing | Owner::Busy => self.trace.left_out(),
        }
    }

    fn roll_back_unit(&mut self, unit: UnitId) {
        self.units[unit].life = Life::RolledBack;
        let held = self.take_all(unit);
        self.end_each(held, Part::AfterRollback);
    }

    fn take_all(&mut self, unit: UnitId) -> Vec<Held> {
        let unit = &mut self.units[unit];
        unit.before_commit.clear();
        let levels = std::mem::take(&mut unit.levels);
        unit.take(&levels)
    }

    /// With an error the unit is rolled back.
    fn run_before_commit(&mut self, unit: UnitId) -> &'static str {
        let result = loop {
            if self.units[unit].levels.len() > 1 {
                break "a savepoint is open";
            }
            if self.units[unit].before_commit.is_empty() {
                self.units[unit].life = Life::Prepared;
                return "ok";
            }
            let (_, ops, end) = self.units[unit].before_commit.remove(0);
            let scope = self.enter(Some(unit));
            self.ops(&ops);
            self.leave(scope);
            match end {
                End::Error => break "an error",
                End::Panic => break "a panic",
                End::Done | End::Break => {}
            }
        };
        self.roll_back_unit(unit);
        result
    }

    fn end_each(&mut self, held: Vec<Held>, part: Part) {
        let scope = self.enter(None);
        for held in held {
            match held {
                Held::Function(ops) if part == Part::AfterCommit => self.ops(&ops),
                Held::Function(_) => {}
                Held::Enqueued(emission) if part == Part::AfterCommit => {
                    self.reserved -= 1;
                    self.queue.push_back(Job::Enqueued(emission));
                }
                Held::Enqueued(emission) => self.deliver(emission, true, true, part),
                Held::Emission {
                    emission,
                    is_reserved,
                    is_heard,
                } => self.deliver(emission, is_reserved, is_heard, part),
            }
        }
        self.leave(scope);
    }

    /// Passes an event that was held to its subscribers.
    pub(super) fn deliver(
        &mut self,
        mut emission: Emission,
        mut is_reserved: bool,
        mut is_heard: bool,
        part: Part,
    ) {
        let plan = self.plan(emission.event.kind, part);
        if plan.as_ref().is_some_and(|plan| self.has_awaited(plan)) {
            self.deliver_from_queue(emission, is_reserved, part);
            return;
        }
        is_heard |= part == Part::AfterRollback;
        if let Some(plan) = plan {
            self.emissions.push(emission.number);
            let report = &mut trace::Report::default();
            self.sync_chain(&plan, &mut emission, report);
            if !report.is_stopped {
                self.defer(&plan, emission, &mut is_reserved, report);
            }
            self.emissions.pop();
            is_heard |= !report.is_unheard();
        }
        if !is_heard {
            self.trace.unheard(emission.event.kind.topic());
        }
        self.reserved -= usize::from(is_reserved);
    }

    fn deliver_from_queue(&mut self, emission: Emission, is_reserved: bool, part: Part) {
        if is_reserved || self.has_room() {
            self.reserved -= usize::from(is_reserved);
            return self.queue.push_back(Job::Held(emission, part));
        }
        if let Some(plan) = self.plan(emission.event.kind, part) {
            for &id in plan.chain.iter().chain(&plan.background) {
                self.fail(id, "QueueFull", None);
            }
        }
    }

    pub(super) fn enqueue(&mut self, event: Event) {
        let emission = self.emission(event);
        let Some(unit) = self
            .entered()
            .filter(|unit| !self.units[*unit].is_committed())
        else {
            let has_room = self.has_room();
            if has_room {
                self.queue.push_back(Job::Enqueued(emission));
            }
            return self.trace.result("enqueued", has_room);
        };
        let has_room = self.units[unit].is_open() && self.reserve();
        if has_room {
            let place = self.open_place(unit);
            self.fill(unit, place, Held::Enqueued(emission));
        }
        self.trace.result("enqueued", has_room);
    }
}
