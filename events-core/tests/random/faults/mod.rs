//! Faults that the random tests found, each as the smallest scenario that shows it.
//!
//! `other_faults` has those that are not mended yet.

mod cancelling;
mod depth_limit;
mod ordering;
mod other_faults;
mod scenario;
mod shutting_down;
mod unheard;
mod unsubscribing;
mod waits_for_itself;
mod wakes;
