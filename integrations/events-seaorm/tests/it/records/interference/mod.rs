//! What comes between the hook of a write and its statement: other writes of the record, and connections that do not pass it on.

mod reentrant;
mod wrapped;
