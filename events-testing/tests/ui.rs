//! Compile errors: the cases in `ui/` of this crate, checked by the same code as those of `events-core`.

#[path = "../../events-core/tests/ui.rs"]
mod ui;
