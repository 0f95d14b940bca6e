//! Awaited handlers: async handlers that are awaited in their place among the sync handlers of an event. They may change
//! the event, and stop the handlers after them, as sync handlers do.
//!
//! - `handler`: which functions and closures are awaited handlers;
//! - `stateful`: those that have a state;
//! - `filtered_awaited`: one of them, with its filters and its type erased;
//! - `awaited_chain`: the chain of an event type that has awaited handlers;
//! - `chain_run`: the run of such a chain, as a part of a background run;
//! - `chain_progress`: how far a run is.

mod awaited_chain;
mod chain_progress;
mod chain_run;
mod filtered_awaited;
mod handler;
mod stateful;

pub(crate) use awaited_chain::{AwaitedChain, ChainStep};
pub(super) use chain_progress::ChainProgress;
pub(crate) use filtered_awaited::{ErasedAwaited, FilteredAwaited};
pub use handler::{Awaited, AwaitedHandler, BorrowedAwaitedHandler, boxed};
pub(crate) use handler::{AwaitedCall, BorrowedAwaitedCall};
pub(crate) use stateful::{StatefulAwaitedCall, StatefulBorrowedAwaitedCall};
pub use stateful::{StatefulAwaitedHandler, StatefulBorrowedAwaitedHandler};
