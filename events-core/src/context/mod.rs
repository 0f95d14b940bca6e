//! context.

pub(crate) mod current_job;
mod emission;
pub(crate) mod emit_stack;
pub(crate) mod log;
pub(crate) mod panic_hook;

pub(crate) use current_job::{CurrentJob, CurrentJobGuard, QueueId, parent_id};
pub use emission::{Emission, EmissionId, EmissionSource};
pub(crate) use emit_stack::{DEFAULT_LIMIT, EmitGuard, MAX_LIMIT, depth, emission_id};
pub(crate) use log::{is_observed, is_traced};
