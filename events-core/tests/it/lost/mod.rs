//! Section 11: what is lost when the future of an emit is dropped, when the process ends, and when the queue is full; and
//! emits on tasks of their own.

mod full;
mod spawned;
mod spawned_topics;
mod table;
