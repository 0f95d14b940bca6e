//! background.

mod background_plan;
mod background_result;
mod background_run;
mod concurrency_limit;
mod filtered_handler;
mod future_set;
mod starter;

pub(crate) use background_plan::{Errand, Hand, Part, Tail};
pub(crate) use background_run::{Trail, Trailing};
pub use concurrency_limit::Gated;
pub(crate) use filtered_handler::Behind;
