//! The events that the crate defines.

mod auth;
mod diff;
mod fail_closed;
mod observers;
mod optional;
mod record;
mod record_origin;
