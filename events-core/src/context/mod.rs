//! context.

pub(crate) mod current_job;
pub(crate) mod emit_stack;
pub(crate) mod log;
pub(crate) mod panic_hook;

pub(crate) use current_job::{InJob, Job, parent};
pub use emit_stack::EmissionId;
pub(crate) use emit_stack::{DEFAULT_LIMIT, Level, MAX_LIMIT, depth, id};
