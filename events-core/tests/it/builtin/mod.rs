//! The events that the crate defines.

mod auth;
mod diff;
mod draft;
mod fail_closed;
mod observers;
mod optional;
mod record;
mod record_json;
mod record_origin;
