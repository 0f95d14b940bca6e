//! Compile errors: the cases in `ui`, checked by the same code as those of `events-core`.

#[allow(
    warnings,
    clippy::all,
    clippy::pedantic,
    reason = "programs of users, which are compiled only"
)]
#[path = "ui/pass/mod.rs"]
mod pass;

#[path = "../../../events-core/tests/ui/cases.rs"]
mod cases;
