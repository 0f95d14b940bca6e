//! The builder of an event.
//!
//! The builder has one type parameter per field: `Unset` or `Set`, the *state* of the field. The values
//! are stored apart from the states, as `Option`s. A setter is then as long for thirty fields as for
//! one, which keeps compile times low. Each required field has a *marker trait* whose diagnostic text
//! names the field literally, whatever else is in scope.
//!
//! All other bounds on a state are the same for all events, down to the names of the type parameters:
//! the compiler then checks them once. Bounds of each event's own cost an eighth more compile time than
//! the rest of the builder.
//!
//! Errors are located at the user's field. All tokens keep the hygiene of the macro, so that the user's
//! lints do not apply to them.
//!
//! Every token costs compile time. One import, `__events`, therefore replaces long paths into `core` and
//! `events_core`.

mod build_impl;
mod declaration;
mod expand;
mod finishers;
mod markers;
mod model;
mod setters;

pub(super) use self::expand::expand;
