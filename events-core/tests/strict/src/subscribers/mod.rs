//! Functions and methods with attributes: subscribers, listeners, observers, flushes and tests.

pub mod background;
pub mod flushed;
pub mod handlers;
pub mod linted;
pub mod listeners;
#[cfg(test)]
mod mocked;
pub mod observers;
pub mod params;
