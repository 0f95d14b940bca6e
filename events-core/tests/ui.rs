//! Compile errors: the cases in `ui`.

#[allow(
    warnings,
    clippy::all,
    clippy::pedantic,
    reason = "programs of users, which are compiled only"
)]
#[path = "ui/pass/mod.rs"]
mod pass;

#[path = "ui/cases.rs"]
mod cases;
