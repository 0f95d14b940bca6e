//! background.

mod background_plan;
mod background_result;
mod background_run;
mod concurrency_limit;
mod filtered_handler;
mod future_set;

pub(crate) use background_plan::{Errand, Later, Part, Tail, Trail};
pub(crate) use background_run::Trailing;
pub use concurrency_limit::Gated;
pub(crate) use filtered_handler::Behind;
