//! Emits inside handlers of other emits: their depth, their stack, and calls that wait for themselves.

mod async_nesting;
mod endless;
mod nesting;
mod stack;
mod suspended;
mod waits_for_itself;
