//! Jobs that only wait until their handlers may be called.

mod backlog;
mod drivers;
mod stopped;
