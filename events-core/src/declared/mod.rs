//! declared.

mod installer;
mod link_slices;
mod listener;
mod topic_installer;

pub use installer::{EventSelector, Installer, Subscriber};
pub use link_slices::{EVENTS, SUBSCRIBERS, events};
pub use listener::{DefaultProbe, Listener, NoDefault};
