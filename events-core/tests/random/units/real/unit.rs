//! The units of a program: their savepoints, functions and ends.

use std::sync::Arc;

use events_core::{
    UnitOfWork,
    units::{CommitError, ReleaseError, Savepoint},
};

use super::{Owner, Shared, shared};
use crate::units::program::{End, Op};

impl Shared {
    pub(super) fn begin(&self, slot: usize) {
        if !matches!(*self.owners[slot].borrow(), Owner::Nothing) {
            return self.left_out();
        }
        let work = UnitOfWork::begin();
        let points = self.points[slot].take();
        drop(points);
        self.handles[slot].replace(Some(work.handle()));
        self.owners[slot].replace(Owner::Work(work));
    }

    pub(super) fn savepoint(&self, slot: usize) {
        let Some(unit) = self.handle(slot) else {
            return self.left_out();
        };
        let point = unit.savepoint();
        self.note(|trace| trace.result("savepoint", point.is_ok()));
        self.points[slot].borrow_mut().extend(point);
    }

    pub(super) fn take_point(&self, slot: usize, choice: usize) -> Option<(usize, Savepoint)> {
        let mut points = self.points[slot].borrow_mut();
        let count = points.len();
        let index = count.checked_sub(1 + choice % count.max(1))?;
        Some((index, points.remove(index)))
    }

    pub(super) fn release(&self, slot: usize, choice: usize) {
        let Some((index, point)) = self.take_point(slot, choice) else {
            return self.left_out();
        };
        let result = match point.release().map_err(ReleaseError::into_savepoint) {
            Ok(()) => "ok",
            Err(None) => "gone",
            Err(Some(point)) => {
                self.points[slot].borrow_mut().insert(index, point);
                "another one is open in it"
            }
        };
        self.note(|trace| trace.result("released", result));
    }

    pub(super) fn before_commit(&self, slot: usize, ops: &[Op], end: End) {
        let Some(unit) = self.handle(slot) else {
            return self.left_out();
        };
        let (ops, closure) = (ops.to_vec(), Arc::clone(&self.closures));
        let added = unit.before_commit(move |_| {
            let _ = &closure;
            shared().ops(&ops);
            match end {
                End::Error => Err("scripted".into()),
                End::Panic => panic!("scripted"),
                End::Done | End::Break => Ok(()),
            }
        });
        self.note(|trace| trace.result("before the commit", added.is_ok()));
    }

    pub(super) fn after_commit(&self, slot: usize, ops: &[Op], end: End) {
        let Some(unit) = self.handle(slot) else {
            return self.left_out();
        };
        let (ops, closure) = (ops.to_vec(), Arc::clone(&self.closures));
        let added = unit.after_commit(move || {
            let _ = &closure;
            shared().ops(&ops);
            assert!(end != End::Panic, "scripted");
        });
        self.note(|trace| trace.result("after the commit", added.is_ok()));
    }

    /// Takes out what ends a unit, if there is something.
    fn take_owner(&self, slot: usize, meanwhile: Owner) -> Option<Owner> {
        let mut owner = self.owners[slot].borrow_mut();
        match &*owner {
            Owner::Work(_) | Owner::Prepared(_) => Some(std::mem::replace(&mut *owner, meanwhile)),
            Owner::Nothing | Owner::Busy => None,
        }
    }

    pub(super) fn prepare(&self, slot: usize) {
        if !matches!(*self.owners[slot].borrow(), Owner::Work(_)) {
            return self.left_out();
        }
        let Some(Owner::Work(work)) = self.take_owner(slot, Owner::Busy) else {
            return;
        };
        let (prepared, result) = match work.prepare() {
            Ok(prepared) => (Owner::Prepared(prepared), "ok"),
            Err(error) => (Owner::Nothing, reason(&error)),
        };
        self.owners[slot].replace(prepared);
        self.note(|trace| trace.result("prepared", result));
    }

    pub(super) fn commit(&self, slot: usize) {
        let Some(owner) = self.take_owner(slot, Owner::Busy) else {
            return self.left_out();
        };
        let result = match owner {
            Owner::Work(work) => work.commit().map_or_else(|error| reason(&error), |()| "ok"),
            Owner::Prepared(prepared) => {
                prepared.commit();
                "ok"
            }
            Owner::Nothing | Owner::Busy => return,
        };
        self.owners[slot].replace(Owner::Nothing);
        self.note(|trace| trace.result("committed", result));
    }

    pub(super) fn roll_back(&self, slot: usize) {
        match self.take_owner(slot, Owner::Nothing) {
            None => self.left_out(),
            owner => drop(owner),
        }
    }
}

/// Why a unit was rolled back in place of its commit.
fn reason(error: &CommitError) -> &'static str {
    match error {
        CommitError::OpenSavepoint => "a savepoint is open",
        CommitError::BeforeCommit(_) => "an error",
        CommitError::Panicked(_) => "a panic",
        _ => "another reason",
    }
}
