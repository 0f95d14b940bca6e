//! Named events: events without a type. A named event has a topic, and arguments by name.
//!
//! - `args`: the arguments; `arg_value`: the types that an argument may have, and whether a value can be read as
//!   JSON;
//! - `arg_error`, `number`: reading an argument or a field by its name, with the conversion of numbers;
//! - `topic_event`: the event; `no_backend`: its emit methods, which are never called.

mod arg_error;
mod arg_value;
mod args;
mod no_backend;
mod number;
mod topic_event;

pub use arg_error::ArgError;
pub use arg_value::ArgProbe;
pub use args::Args;
pub(crate) use no_backend::NoBackend;
pub(super) use number::read;
pub(crate) use topic_event::TopicEvent;
