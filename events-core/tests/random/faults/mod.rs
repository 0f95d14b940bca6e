//! Faults that the random tests found, each as the smallest scenario that shows it.
//!
//! `known_faults` and `other_faults` have those that are not mended yet.

mod cancelling;
mod known_faults;
mod ordering;
mod other_faults;
mod scenario;
mod shutting_down;
mod unsubscribing;
mod wakes;
