//! The measured cases: ways to run background handlers, awaited by `emit_async` or through the queue.
//!
//! Use [`ready`] or [`ready_one`]: they scan the default registry, and check that every handler of a
//! case runs.

mod awaited;
pub mod case;
pub mod concurrent_sleep;
mod events;
mod in_place;
mod queue_one_thread;
mod queue_two_threads;
mod scheduled;
mod sum;

use case::Case;

/// Every case, unchecked.
pub fn all() -> Vec<Case> {
    let mut cases = awaited::cases();
    cases.extend(in_place::cases());
    cases.extend(queue_one_thread::cases());
    cases.extend(queue_two_threads::cases());
    cases.extend(scheduled::cases());
    cases
}

/// Every case, checked and ready to be measured.
///
/// # Panics
///
/// When a handler of a case does not run.
pub fn ready() -> Vec<Case> {
    events_core::scan();
    let cases = all();
    cases.iter().for_each(Case::check);
    cases
}

/// The case with this name, checked and ready to be measured.
///
/// # Panics
///
/// When there is no such case, or a handler of it does not run.
pub fn ready_one(name: &str) -> Case {
    events_core::scan();
    let found = all().into_iter().find(|case| case.name() == name);
    let case = found.unwrap_or_else(|| panic!("no case `{name}`; --list lists them"));
    case.check();
    case
}
