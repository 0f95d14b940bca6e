//! Explanations: which subscribers an event would be passed to, and why the others are not called.
//!
//! - `verdict`: whether a subscriber would be called, and why not; `explained`: a subscriber with its verdict;
//! - `explanation`: the explanation of one event, as a table; `notes`: what it says about the registry;
//! - `collect`: the verdict of each subscriber of a registry, and of the linked ones that it lacks;
//! - `near`: which subscribers of other events could have been meant;
//! - `methods`: the methods of the registry.

mod collect;
mod explained;
mod explanation;
mod methods;
mod near;
mod notes;
mod verdict;

pub use explained::Explained;
pub use explanation::Explanation;
pub use verdict::{NotCalled, Verdict};
