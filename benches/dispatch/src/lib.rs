//! What is measured: ways to hand an event to N handlers, as plain data.
//!
//! A [`Case`](case::Case) emits in a loop of its own, so that whoever measures it, a clock or an
//! instruction counter, calls it once. Run [`ready`] first: it scans, and checks of each case that
//! every handler ran.

pub mod case;
mod events;
mod floor;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod special;

use case::Case;

/// Every case, without a look at whether it works.
pub fn all() -> Vec<Case> {
    let mut cases = floor::cases();
    cases.extend(ours::cases());
    cases.extend(special::cases());
    #[cfg(feature = "peers")]
    cases.extend(peers::cases());
    cases
}

/// Every case, ready to be measured.
///
/// # Panics
///
/// When a handler of a case did not run.
pub fn ready() -> Vec<Case> {
    prepare();
    let cases = all();
    for case in &cases {
        case.check();
    }
    cases
}

/// This one case, ready to be measured.
///
/// # Panics
///
/// When there is no such case, or a handler of it did not run.
pub fn ready_one(name: &str) -> Case {
    prepare();
    let found = all().into_iter().find(|case| case.name() == name);
    let case = found.unwrap_or_else(|| panic!("no case `{name}`; --list lists them"));
    case.check();
    case
}

fn prepare() {
    events_core::scan();
    special::subscribe();
}
