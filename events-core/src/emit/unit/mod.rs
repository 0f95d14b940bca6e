//! Emitting in a unit of work.
//!
//! The subscribers that run at once are called in the emit. For the others the event is *held*: the unit keeps it, with what
//! belongs to its emission, until the unit ends. Room for it in the queue is reserved before a subscriber is called.
//!
//! - `error`: the error of emits with a handle, which the folder `moved` of `emit` has;
//! - `entered`: emits without a handle, in the unit that the thread has entered, which hold a copy of the event; `async_unit`:
//!   those that are async;
//! - `hold`: what an emit has in its unit until it ends;
//! - `plan_source`: the plans of the phases of a unit, and the room that they need; `room`: that room;
//! - `held_job`: what belongs to an event that is held, and such an event as a job of the queue, if it has awaited
//!   subscribers; `held_emission`: an event that is held, and its delivery when the unit ends.

mod async_unit;
mod entered;
mod error;
mod held_emission;
mod held_job;
mod hold;
mod plan_source;
mod room;

pub(super) use async_unit::AsyncUnit;
pub(super) use entered::{EnteredEmit, fail_each};
pub use error::EmitInError;
pub(super) use error::EmitInErrorKind;
pub(super) use held_emission::end_undone;
pub(super) use held_job::About;
pub(super) use hold::Hold;
pub(super) use plan_source::{Later, PlanSource};
pub(super) use room::Room;
