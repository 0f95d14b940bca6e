//! Async emissions in progress.
//!
//! - `emission`: the state that the futures of async emits share, and its poll;
//! - `end_of_poll`: what few polls leave to be queued, reported or refused;
//! - `deferred_last`: the deferred handlers that are queued at the end;
//! - `resume`: an emission whose chain is suspended at an awaited handler;
//! - `in_unit`: the part that is in a unit of work; `wrapped`: the middleware around an emission;
//! - `rare`: the state of these two and of `deferred_last`.

mod deferred_last;
mod emission;
mod end_of_poll;
mod in_unit;
mod rare;
mod resume;
mod wrapped;

pub(super) use emission::AsyncEmission;
