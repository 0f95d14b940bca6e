//! What emitters may find while one writer changes who listens.

use shuttle::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::check_schedules;
use crate::plan_cell::{Found, PlanCell};

/// What a writer does: each step makes another plan the current one.
#[derive(Clone, Copy)]
enum Step {
    /// A scan finds handlers; the program has no run-time subscription.
    Scan,
    /// A scan finds handlers while there are run-time subscriptions.
    ScanBeside,
    /// Somebody subscribes or unsubscribes at run time, and somebody stays.
    Change,
    /// The last run-time subscription goes, and nobody was scanned.
    Empty,
    /// The last run-time subscription goes; the plan of the last scan is back.
    Restore,
}

/// A plan that knows by which step it became current, and counts itself while it lives.
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

/// What readers and the writer share.
struct World {
    swap: PlanCell<Plan>,
    /// How many steps have begun, and how many are over.
    begun: AtomicUsize,
    over: AtomicUsize,
    alive: Arc<AtomicUsize>,
}

/// Tries the steps beside two readers, each of which emits twice.
///
/// A reader must find a plan that was current at some moment of its look: one that no step which was
/// over before the look had replaced, of a step that had begun by its end. `None` stands for the
/// plan of nobody.
fn check(steps: &'static [Step]) {
    check_schedules(move || run(steps));
}

fn run(steps: &'static [Step]) {
    let world = Arc::new(World {
        swap: PlanCell::new(),
        begun: AtomicUsize::new(0),
        over: AtomicUsize::new(0),
        alive: Arc::new(AtomicUsize::new(0)),
    });
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                for _ in 0..2 {
                    look(&world, steps);
                }
            })
        })
        .collect();
    for (index, step) in steps.iter().enumerate() {
        world.begun.store(index + 1, Ordering::SeqCst);
        write(&world, *step, index + 1);
        world.over.store(index + 1, Ordering::SeqCst);
    }
    for reader in readers {
        reader.join().expect("no reader panics");
    }
    // Nobody reads any more: what was exchanged is freed, but for the plan that is current.
    let scans = steps
        .iter()
        .filter(|step| matches!(step, Step::Scan | Step::ScanBeside));
    let changed = matches!(steps.last(), Some(Step::Change | Step::ScanBeside));
    let alive = world.alive.load(Ordering::SeqCst);
    assert_eq!(alive, scans.count() + usize::from(changed));
}

fn write(world: &World, step: Step, number: usize) {
    let plan = || Plan::new(number, &world.alive);
    let retired = match step {
        Step::Scan => {
            world.swap.push_version(plan());
            world.swap.swap(None)
        }
        Step::ScanBeside => {
            world.swap.push_version(plan());
            world.swap.swap(Some(plan()))
        }
        Step::Change => world.swap.swap(Some(plan())),
        Step::Empty | Step::Restore => world.swap.swap(None),
    };
    drop(retired);
}

fn look(world: &World, steps: &[Step]) {
    let over = world.over.load(Ordering::SeqCst);
    let held;
    let found = match world.swap.lookup() {
        Found::Empty => None,
        Found::Scanned(plan) => Some(plan),
        Found::Swapped => {
            held = world.swap.load();
            held.as_ref().and_then(|held| held.plan())
        }
    };
    let begun = world.begun.load(Ordering::SeqCst);
    let current = found.map_or(0, |plan| plan.step);
    let possible: Vec<_> = (over..=begun).map(|step| made_by(steps, step)).collect();
    assert!(
        possible.contains(&current),
        "found the plan of step {current}; possible between {over} and {begun}: {possible:?}"
    );
}

/// The step that made the plan which is current after so many steps; 0 when nobody listens.
fn made_by(steps: &[Step], step: usize) -> usize {
    let is_scan = |step: &Step| matches!(step, Step::Scan | Step::ScanBeside);
    let scan = |until: usize| steps[..until].iter().rposition(is_scan);
    match step.checked_sub(1).map(|index| steps[index]) {
        None | Some(Step::Empty) => 0,
        Some(Step::Scan | Step::ScanBeside | Step::Change) => step,
        Some(Step::Restore) => scan(step).map_or(0, |index| index + 1),
    }
}

#[test]
fn a_scan_is_found_whole() {
    check(&[Step::Scan]);
}

#[test]
fn a_later_scan_takes_the_place_of_the_first() {
    check(&[Step::Scan, Step::Scan, Step::Scan]);
}

#[test]
fn run_time_changes_are_found_in_their_order() {
    check(&[Step::Change, Step::Change, Step::Change]);
}

#[test]
fn the_last_run_time_subscriber_leaves_nobody() {
    check(&[Step::Change, Step::Empty, Step::Change]);
}

#[test]
fn the_plan_of_the_scan_comes_back() {
    check(&[Step::Scan, Step::Change, Step::Restore, Step::Change]);
}

#[test]
fn a_scan_beside_run_time_subscribers_counts_when_they_are_gone() {
    check(&[Step::Scan, Step::Change, Step::ScanBeside, Step::Restore]);
}
