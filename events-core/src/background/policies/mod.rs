//! The policies of handlers that run later: limits on their concurrent calls, timeouts, repetitions of failed calls, and
//! calls that wait until no further event comes. A handler without policies has none of this around it.
//!
//! - `policy_handler`: a handler with policies; `policy_call`: a call of it;
//! - `call_state`: what the calls of one handler share;
//! - `permit`: a permit to call it; `fair_semaphore`: where the permits come from; `call_key`: the key of a call;
//! - `call_end`: how a call ends, if it is to be made later; `next_calls`: schedules such calls;
//! - `timed_awaited`: an awaited handler with a timeout.

mod call_end;
mod call_key;
mod call_state;
mod fair_semaphore;
mod next_calls;
mod permit;
mod policy_call;
mod policy_handler;
mod timed_awaited;

pub(super) use call_end::{CallEnd, NextCall};
pub use call_key::{KeyFn, key_fn};
pub(crate) use call_state::CallState;
pub use policy_handler::PolicyHandler;
pub use timed_awaited::TimedAwaited;
