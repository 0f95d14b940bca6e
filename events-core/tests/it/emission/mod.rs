//! What a handler learns about its emission, and what it can do with it.

mod ids;
mod location;
mod time;
mod unsubscribe;
