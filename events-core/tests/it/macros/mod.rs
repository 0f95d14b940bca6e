//! The macros in code that other macros generate, and in Rust that is unusual but valid.

mod conditional;
mod fragments_in_attributes;
mod fragments_in_events;
mod names;
mod never;
mod unit_phases;
