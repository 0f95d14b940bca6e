//! The plans that readers find while one writer publishes plans.

use shuttle::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::check_schedules;
use crate::plan_cell::{Found, PlanCell};

/// A step of the writer: each makes another plan the current one.
#[derive(Clone, Copy)]
enum Step {
    /// A scan finds handlers; the program has no run-time subscription.
    Scan,
    /// A scan finds handlers while there are run-time subscriptions.
    ScanBesideRunTime,
    /// A run-time subscription starts or ends, and others remain.
    Change,
    /// The last run-time subscription ends, and no scan has found a handler.
    Empty,
    /// The last run-time subscription ends; the plan of the last scan is current again.
    Restore,
    /// All handlers are muted; there is no plan, even if a scan has found some.
    Mute,
}

/// A plan with the number of the step that made it current; `alive` counts the plans that are not dropped.
struct Plan {
    step: usize,
    alive: Arc<AtomicUsize>,
}

impl Plan {
    fn new(step: usize, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Self {
            step,
            alive: Arc::clone(alive),
        }
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The state that the readers and the writer share.
struct Shared {
    cell: PlanCell<Plan>,
    /// The step whose plan is to be built if the current one is stale. Its lock is that of the writer.
    entries: Mutex<usize>,
    /// How many steps have started, and how many are completed.
    started: AtomicUsize,
    completed: AtomicUsize,
    alive: Arc<AtomicUsize>,
}

/// Runs the steps in one thread, and two readers that read twice each.
///
/// A reader must find a plan that was current at some time during its read: one that was not replaced by
/// a step that was completed before the read, of a step that had started by the end of the read. `None`
/// stands for no plan.
fn check(steps: &'static [Step]) {
    check_schedules(move || run(steps));
}

fn run(steps: &'static [Step]) {
    let shared = Arc::new(Shared {
        cell: PlanCell::new(),
        entries: Mutex::new(0),
        started: AtomicUsize::new(0),
        completed: AtomicUsize::new(0),
        alive: Arc::new(AtomicUsize::new(0)),
    });
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                for _ in 0..2 {
                    read(&shared, steps);
                }
            })
        })
        .collect();
    for (index, step) in steps.iter().enumerate() {
        shared.started.store(index + 1, Ordering::SeqCst);
        write(&shared, *step, index + 1);
        shared.completed.store(index + 1, Ordering::SeqCst);
    }
    for reader in readers {
        reader.join().expect("no reader panics");
    }
    // No other reader is left: the replaced plans are freed. Left are the versions and the current plan.
    read(&shared, steps);
    let scans = steps
        .iter()
        .filter(|step| matches!(step, Step::Scan | Step::ScanBesideRunTime));
    let changed = matches!(steps.last(), Some(Step::Change | Step::ScanBesideRunTime));
    let alive = shared.alive.load(Ordering::SeqCst);
    assert_eq!(alive, scans.count() + usize::from(changed));
}

fn write(shared: &Shared, step: Step, number: usize) {
    let plan = || Plan::new(number, &shared.alive);
    let mut entries = shared.entries.lock().expect("no step panics");
    *entries = number;
    let retired = match step {
        Step::Scan => {
            shared.cell.push_version(plan());
            shared.cell.swap(None)
        }
        Step::ScanBesideRunTime => {
            shared.cell.push_version(plan());
            shared.cell.set_stale()
        }
        Step::Change => shared.cell.set_stale(),
        Step::Empty | Step::Restore => shared.cell.swap(None),
        Step::Mute => shared.cell.set_empty(),
    };
    drop(entries);
    drop(retired);
}

/// Builds the plan that is stale, as a reader does that finds it.
fn rebuild(shared: &Shared) {
    let entries = shared.entries.lock().expect("no step panics");
    if shared.cell.is_stale() {
        let retired = shared.cell.swap(Some(Plan::new(*entries, &shared.alive)));
        assert!(retired.is_none(), "a stale plan has no predecessor");
    }
}

fn read(shared: &Shared, steps: &[Step]) {
    let completed = shared.completed.load(Ordering::SeqCst);
    let held;
    let found = match shared.cell.lookup() {
        Found::Empty => None,
        Found::Scanned(plan) => Some(plan),
        Found::Swapped => {
            held = shared.cell.load(|| rebuild(shared));
            held.as_ref().and_then(|held| held.plan())
        }
    };
    let started = shared.started.load(Ordering::SeqCst);
    let current = found.map_or(0, |plan| plan.step);
    let possible: Vec<_> = (completed..=started)
        .map(|step| step_of_current(steps, step))
        .collect();
    assert!(
        possible.contains(&current),
        "found the plan of step {current}; possible between {completed} and {started}: {possible:?}"
    );
}

/// The step whose plan is current after so many steps; 0 if there is no plan.
fn step_of_current(steps: &[Step], step: usize) -> usize {
    let is_scan = |step: &Step| matches!(step, Step::Scan | Step::ScanBesideRunTime);
    let scan = |until: usize| steps[..until].iter().rposition(is_scan);
    match step.checked_sub(1).map(|index| steps[index]) {
        None | Some(Step::Empty | Step::Mute) => 0,
        Some(Step::Scan | Step::ScanBesideRunTime | Step::Change) => step,
        Some(Step::Restore) => scan(step).map_or(0, |index| index + 1),
    }
}

#[test]
fn a_scan_is_found_whole() {
    check(&[Step::Scan]);
}

#[test]
fn a_later_scan_replaces_the_first() {
    check(&[Step::Scan, Step::Scan, Step::Scan]);
}

#[test]
fn run_time_changes_are_found_in_order() {
    check(&[Step::Change, Step::Change, Step::Change]);
}

#[test]
fn no_plan_is_found_after_the_last_run_time_subscription() {
    check(&[Step::Change, Step::Empty, Step::Change]);
}

#[test]
fn the_plan_of_the_scan_is_restored() {
    check(&[Step::Scan, Step::Change, Step::Restore, Step::Change]);
}

#[test]
fn no_plan_is_found_while_all_handlers_are_muted() {
    check(&[Step::Scan, Step::Mute, Step::Restore]);
    check(&[Step::Scan, Step::Change, Step::Mute, Step::Change]);
}

#[test]
fn a_scan_beside_run_time_subscriptions_is_found_after_they_ended() {
    check(&[
        Step::Scan,
        Step::Change,
        Step::ScanBesideRunTime,
        Step::Restore,
    ]);
}
