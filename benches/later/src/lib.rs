//! What is measured: ways to hand an event to handlers that run later, as plain data.
//!
//! `awaited` is about `emit_async`, `queued` about the queue on one thread, `across` about the queue
//! between two. Run [`ready`] first: it scans, and checks of each case that every handler ran.

mod across;
mod awaited;
pub mod case;
mod events;
mod queued;
pub mod sleeping;
mod sum;

use case::Case;

/// Every case, without a look at whether it works.
pub fn all() -> Vec<Case> {
    let mut cases = awaited::cases();
    cases.extend(queued::cases());
    cases.extend(across::cases());
    cases
}

/// Every case, ready to be measured.
///
/// # Panics
///
/// When a handler of a case did not run.
pub fn ready() -> Vec<Case> {
    events_core::scan();
    let cases = all();
    cases.iter().for_each(Case::check);
    cases
}

/// This one case, ready to be measured.
///
/// # Panics
///
/// When there is no such case, or a handler of it did not run.
pub fn ready_one(name: &str) -> Case {
    events_core::scan();
    let found = all().into_iter().find(|case| case.name() == name);
    let case = found.unwrap_or_else(|| panic!("no case `{name}`; --list lists them"));
    case.check();
    case
}
