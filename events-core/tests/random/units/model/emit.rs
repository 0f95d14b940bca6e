//! Emits: with a handle, which move the event into the unit, and without one, which hold a copy of it.

use super::{
    Emission, Id, Model, SharedPlan,
    background::Call,
    plan::{LATER, Part},
    unit::{Held, Life, UnitId},
};
use crate::units::{
    program::{Emit, End, Kind, Mode},
    trace::{Refused, Report},
};

/// What an emit has in a unit until its end.
pub(super) struct Hold {
    /// `None` if the unit was rolled back before, or runs what it held: then the event is delivered in the emit.
    place: Option<(UnitId, usize)>,
    /// Whether there were subscribers that do not run at once, and how many of them run after the commit.
    has_later: bool,
    after_commit: usize,
    /// Whether a place in the queue is reserved. An error if there is none.
    room: Result<bool, &'static str>,
}

impl Model<'_> {
    pub(super) fn emit(&mut self, emit: Emit) {
        match emit.unit {
            None => self.emit_plainly(emit),
            Some(slot) => match self.handles[slot] {
                None => self.trace.left_out(),
                Some(unit) => self.emit_in(emit, unit),
            },
        }
    }

    fn emit_plainly(&mut self, emit: Emit) {
        let hold = self.begin_copy(self.entered(), emit.event.kind);
        let emission = self.emission(emit.event);
        let (emission, report) = self.run_sync(emission, hold, false);
        self.check_heard(emission, &report);
        if emit.reports {
            self.trace.reported(Some(emission.event.value), report);
        } else {
            self.trace.emitted(emission.event.value);
        }
    }

    fn emit_in(&mut self, emit: Emit, unit: UnitId) {
        let hold = match self.begin_move(emit, unit) {
            Ok(hold) => hold,
            Err(why) => return self.refuse(emit, why),
        };
        let is_open = self.units[unit].is_open();
        let scope = is_open.then(|| self.enter(Some(unit)));
        let emission = self.emission(emit.event);
        let (_, report) = self.run_sync(emission, Some(hold), true);
        scope.into_iter().for_each(|scope| self.leave(scope));
        self.end_emit_in(emit, unit, report);
    }

    pub(super) fn check_heard(&mut self, emission: Emission, report: &Report) {
        if report.is_unheard() {
            self.trace.unheard(emission.event.kind.topic());
        }
    }

    /// The event is in the unit, or was refused at the end.
    pub(super) fn end_emit_in(&mut self, emit: Emit, unit: UnitId, report: Report) {
        let is_refused = report.failures.last().is_some_and(|last| last == GONE);
        match (emit.reports, is_refused) {
            (false, _) => self.trace.result("emitted in a unit", ()),
            (true, false) => self.trace.reported(None, report),
            (true, true) => {
                let is_committed = self.units[unit].is_committed();
                let why = if is_committed {
                    Refused::Committed
                } else {
                    Refused::RolledBack
                };
                self.trace.refused(None, why);
            }
        }
    }

    /// The event does not reach a subscriber.
    pub(super) fn refuse(&mut self, emit: Emit, why: Refused) {
        if emit.reports {
            return self.trace.refused(Some(emit.event.value), why);
        }
        if let Refused::Undelivered = why {
            self.fail_later(emit.event.kind, "QueueFull", &mut Report::default());
        }
        self.trace.result("emitted in a unit", ());
    }

    /// Runs the chain of a sync emit, and then holds the event or queues what comes later.
    fn run_sync(
        &mut self,
        mut emission: Emission,
        hold: Option<Hold>,
        moves: bool,
    ) -> (Emission, Report) {
        let mut report = Report::default();
        let part = if hold.is_some() {
            Part::AtOnce
        } else {
            Part::All
        };
        let plan = self.plan(emission.event.kind, part);
        self.emissions.push(emission.number);
        if let Some(plan) = &plan {
            self.sync_chain(plan, &mut emission, &mut report);
        }
        match (hold, plan) {
            (Some(hold), _) => self.hold(&hold, emission, moves, &mut report),
            (None, Some(plan)) if !report.is_stopped => {
                self.defer(&plan, emission, &mut false, &mut report);
            }
            _ => {}
        }
        self.emissions.pop();
        (emission, report)
    }

    /// What an emit without a handle has in the unit that is entered.
    pub(super) fn begin_copy(&mut self, unit: Option<UnitId>, kind: Kind) -> Option<Hold> {
        let unit = unit.filter(|unit| !self.units[*unit].is_committed())?;
        self.is_divided(kind).then(|| self.begin_hold(unit, kind))
    }

    /// What an emit with a handle has in its unit.
    pub(super) fn begin_move(&mut self, emit: Emit, unit: UnitId) -> Result<Hold, Refused> {
        match self.units[unit].life {
            Life::Committed => Err(Refused::Committed),
            Life::RolledBack => Err(Refused::RolledBack),
            Life::Open | Life::Prepared | Life::Ending => {
                let hold = self.begin_hold(unit, emit.event.kind);
                if hold.room.is_err() {
                    self.free(&hold);
                    return Err(Refused::Undelivered);
                }
                Ok(hold)
            }
        }
    }

    fn begin_hold(&mut self, unit: UnitId, kind: Kind) -> Hold {
        let is_open = self.units[unit].is_open();
        let is_rolled_back = self.units[unit].life == Life::RolledBack;
        let place = is_open.then(|| (unit, self.open_place(unit)));
        let plans = LATER.map(|part| self.plan(kind, part));
        let uses_queue = |plan: &SharedPlan| !plan.background.is_empty() || self.has_awaited(plan);
        let needs_room = plans.iter().flatten().any(uses_queue);
        let after_commit = plans[0].as_ref();
        Hold {
            place,
            has_later: plans.iter().flatten().count() > 0,
            after_commit: after_commit.map_or(0, |plan| plan.chain.len() + plan.background.len()),
            room: match (!is_rolled_back, needs_room) {
                (false, _) => Err("UnitEnded"),
                (true, true) if !self.reserve() => Err("QueueFull"),
                (true, needs_room) => Ok(needs_room),
            },
        }
    }

    pub(super) fn free(&mut self, hold: &Hold) {
        if let Some((unit, place)) = hold.place {
            self.free_place(unit, place);
        }
        self.reserved -= usize::from(hold.room == Ok(true));
    }

    /// Holds the event at the end of its emit.
    pub(super) fn hold(
        &mut self,
        hold: &Hold,
        emission: Emission,
        moves: bool,
        report: &mut Report,
    ) {
        let kind = emission.event.kind;
        let has_later = hold.has_later || moves;
        if report.is_stopped || !has_later {
            return self.free(hold);
        }
        let is_reserved = match hold.room {
            Ok(is_reserved) => is_reserved,
            Err(why) => {
                self.free(hold);
                return self.fail_later(kind, why, report);
            }
        };
        let is_divided = self.is_divided(kind);
        let after_commit = hold.after_commit;
        if !moves && !is_divided {
            self.free(hold);
            report.deferred += after_commit;
            return;
        }
        if !moves && kind == Kind::Moved {
            self.free(hold);
            return self.fail_later(kind, "NoCopy", report);
        }
        // Else the emit reports it.
        let is_heard = !report.is_unheard() || !moves && after_commit == 0;
        let held = Held::Emission {
            emission,
            is_reserved,
            is_heard,
        };
        let Some((unit, place)) = hold.place else {
            report.deferred += after_commit;
            let scope = self.enter(None);
            self.deliver(emission, is_reserved, is_heard, Part::AfterCommit);
            return self.leave(scope);
        };
        if self.fill(unit, place, held) {
            report.deferred += after_commit;
            return;
        }
        self.reserved -= usize::from(is_reserved);
        if moves {
            report.failures.push(GONE.to_owned());
        } else {
            self.fail_later(kind, "UnitEnded", report);
        }
    }

    /// A failure of each subscriber that does not run at once.
    fn fail_later(&mut self, kind: Kind, cause: &str, report: &mut Report) {
        for part in LATER {
            if let Some(plan) = self.plan(kind, part) {
                for &id in plan.chain.iter().chain(&plan.background) {
                    self.fail(id, cause, Some(report));
                }
            }
        }
    }

    /// The chain of a sync emit, which does not run awaited handlers.
    pub(super) fn sync_chain(
        &mut self,
        plan: &SharedPlan,
        emission: &mut Emission,
        report: &mut Report,
    ) {
        for &id in &plan.chain {
            if !self.accepts(id, *emission) {
                continue;
            }
            if self.handler(id).mode == Mode::Awaited {
                self.fail(id, "NotAwaited", Some(report));
                continue;
            }
            if self.claim(id) {
                let mut call = Call::new(id);
                let end = self.call(&mut call, emission);
                self.end_call(id, end.unwrap_or(End::Done), report);
                if report.is_stopped {
                    return;
                }
            }
        }
    }

    /// Polls the handler that waits, and runs the chain from there. True when it has ended.
    pub(super) fn poll_chain(
        &mut self,
        plan: &SharedPlan,
        next: &mut usize,
        waiting: &mut Option<Call>,
        emission: &mut Emission,
        report: &mut Report,
    ) -> bool {
        loop {
            let (mut call, resumes) = match waiting.take() {
                Some(call) => (call, true),
                None => {
                    let Some(&id) = plan.chain.get(*next) else {
                        return true;
                    };
                    *next += 1;
                    if !self.accepts(id, *emission) || !self.claim(id) {
                        continue;
                    }
                    (Call::new(id), false)
                }
            };
            let end = match resumes {
                true => self.resume(&mut call, &mut emission.event.value),
                false => self.call(&mut call, emission),
            };
            let Some(end) = end else {
                *waiting = Some(call);
                return false;
            };
            self.end_call(call.id, end, report);
            if report.is_stopped {
                return true;
            }
        }
    }

    /// A handler has ended.
    pub(super) fn end_call(&mut self, id: Id, end: End, report: &mut Report) {
        report.ran += 1;
        match end {
            End::Done => {}
            End::Break => report.is_stopped = self.handler(id).mode.is_in_order(),
            End::Error => self.fail(id, "Error", Some(report)),
            End::Panic => self.fail(id, "Panic", Some(report)),
        }
    }
}

/// Stands for the reason why an event that was moved is not in its unit.
const GONE: &str = "gone";
