//! Faults that the random tests found, each as the smallest scenario that shows it.

mod cancelling;
mod depth_limit;
mod once;
mod ordering;
mod scenario;
mod shutting_down;
mod unheard;
mod unsubscribing;
mod waits_for_itself;
mod wakes;
