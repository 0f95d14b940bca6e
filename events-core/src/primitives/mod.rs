//! Small building blocks. They import nothing from the rest of the crate.
//!
//! - `catch`: drops values of user types, wakes tasks and records for `tracing`, and catches the panics of that
//! - `drop_signal`: a signal that a value was dropped
//! - `one_line`: a text on one line, without control characters, and cut
//! - `option_box`: a boxed value that is seldom present
//! - `plural`: a count with its noun, for texts
//! - `sync`: locks and atomics, which a model checker can replace
//! - `type_map`: a lock-free table by type that only grows; `type_id_hasher` is its hasher
//! - `wait`: awaits with a place in a list of wakers
//! - `waker_list`: the wakers of tasks that wait for one thing

mod catch;
mod drop_signal;
mod one_line;
mod option_box;
mod plural;
pub(crate) mod sync;
mod type_id_hasher;
mod type_map;
mod wait;
mod waker_list;

pub(crate) use catch::{
    CatchDrop, TracingCall, catch_drop, catch_record, catch_tracing, clear_catching, drop_catching,
    drop_each, is_in_tracing_call, payload_as_str, wake_catching, wake_each,
};
pub(crate) use drop_signal::DropSignal;
pub use one_line::one_line;
pub(crate) use option_box::OptionBox;
pub(crate) use plural::Plural;
pub(crate) use type_id_hasher::TypeIdHasher;
pub(crate) use type_map::TypeMap;
pub(crate) use wait::wait;
pub(crate) use waker_list::{Waiter, WakerList};
