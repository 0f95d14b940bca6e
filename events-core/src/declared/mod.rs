//! declared.

mod installer;
mod link_slices;
mod listener;
mod topic_installer;

pub use installer::{Hears, Installer, Subscriber};
pub use link_slices::{EVENTS, SUBSCRIBERS, events};
pub use listener::{ByHand, Listener, Made};
