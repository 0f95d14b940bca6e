//! Futures that must not be dropped in their middle.
//!
//! - `finish`: one that is finished on a task if its caller is dropped;
//! - `leak_unready`: one whose destructor must not run before it is ready.

mod finish;
mod leak_unready;

pub(crate) use finish::Finish;
pub(crate) use leak_unready::LeakUnready;
