//! What a user reads when something does not compile: the cases of this crate, looked at as those of
//! `events-core` are.

#[path = "../../events-core/tests/ui.rs"]
mod ui;
