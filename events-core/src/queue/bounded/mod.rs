//! A bounded queue of type-erased items, independent of what the items are.
//!
//! - `bounded_queue`: the queue, for many producers and many consumers;
//! - `places`: places that are reserved for items that are pushed later;
//! - `popped`: the item that a consumer has popped;
//! - `sides`: its two sides, the inbox of the producers and the outbox of the consumers, and the reasons
//!   why a push is rejected;
//! - `typed_fifo`: the storage of a side, a FIFO of items of different types without a box for each item.

mod bounded_queue;
mod places;
mod popped;
mod sides;
mod typed_fifo;

pub(crate) use bounded_queue::{BoundedQueue, QueueSpan};
pub(crate) use popped::Popped;
pub(crate) use sides::{PushError, PushErrorKind};
pub(crate) use typed_fifo::LaneItems;
