//! The policies of handlers that run later: limits on their concurrent calls, timeouts, repetitions of failed calls, and
//! calls that wait until no further event comes. A handler without policies has none of this around it.
//!
//! - `policy_handler`: a handler with policies; `policy_call`: a call of it;
//! - `call_state`: what the calls of one handler share; `scheduled_calls`: those that are scheduled;
//! - `limit`: limits on its concurrent calls, all of them and those with one key;
//! - `call_end`: how a call ends, if it is to be made later; `next_calls`: schedules such calls;
//! - `timed_awaited`: an awaited handler with a timeout.

mod call_end;
mod call_state;
mod limit;
mod next_calls;
mod policy_call;
mod policy_handler;
mod scheduled_calls;
mod timed_awaited;

pub(super) use call_end::{CallEnd, NextCall};
pub(crate) use call_state::CallState;
pub use limit::{KeyFn, key_fn};
pub use policy_handler::PolicyHandler;
pub use timed_awaited::TimedAwaited;
