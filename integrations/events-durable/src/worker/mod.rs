//! Workers: tasks that claim deliveries, call their subscribers, and mark what became of them.
//!
//! - `settings`: their settings; `new_workers`: starting them; `handle`: the tasks that run, and their end;
//! - `run`: the loop of one task; `batch`: the deliveries that it has claimed; `attempt`: one delivery;
//! - `unwind`: panics outside of subscribers; `upkeep`: what is done now and then; `outage`: a database that is gone.

mod attempt;
mod batch;
mod handle;
mod new_workers;
mod outage;
mod run;
mod settings;
mod unwind;
mod upkeep;

pub use handle::Workers;
pub use new_workers::NewWorkers;
