//! The measured cases: ways to dispatch an event to N handlers.
//!
//! A [`Case`](case::Case) contains the loop that emits, so that a clock or an instruction counter
//! measures a single call. Use [`ready`] or [`ready_one`]: they scan the default registry, and check
//! that every handler of a case runs.

mod baselines;
pub mod case;
mod events;
mod ours;
mod params;
#[cfg(feature = "peers")]
mod peers;
#[cfg(feature = "scopes")]
mod scheduled;
#[cfg(feature = "scopes")]
mod units;
mod variants;
mod wrapped;

use case::Case;

/// Every case, unchecked.
pub fn all() -> Vec<Case> {
    let mut cases = baselines::cases();
    cases.extend(ours::cases());
    cases.extend(variants::cases());
    cases.extend(params::cases());
    cases.extend(wrapped::cases());
    #[cfg(feature = "scopes")]
    cases.extend(units::cases());
    #[cfg(feature = "peers")]
    cases.extend(peers::cases());
    cases
}

/// Every case, checked and ready to be measured.
///
/// # Panics
///
/// When a handler of a case does not run.
pub fn ready() -> Vec<Case> {
    prepare();
    let cases = all();
    for case in &cases {
        case.check();
    }
    cases
}

/// The case with this name, checked and ready to be measured.
///
/// # Panics
///
/// When there is no such case, or a handler of it does not run.
pub fn ready_one(name: &str) -> Case {
    prepare();
    let cases = all().into_iter().chain(variants::questions());
    #[cfg(feature = "scopes")]
    let cases = cases.chain(scheduled::cases());
    let mut cases = cases;
    let found = cases.find(|case| case.name() == name);
    let case = found.unwrap_or_else(|| panic!("no case `{name}`; --list lists them"));
    case.check();
    case
}

fn prepare() {
    params::scan_default();
    variants::subscribe();
}
