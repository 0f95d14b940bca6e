//! Declared subscribers: what the attributes leave at link time, and how a registry gets it.
//!
//! The attributes `subscriber`, `listener` and `observer` write a static [`Subscriber`] for each
//! handler into a *link-time slice*, a list that the linker collects from all crates. Such a
//! subscriber is *declared*. Its function `install` adds it to a group of subscribers by the
//! methods of an [`Installer`], which contain what all expansions have in common. A *listener* is a
//! struct whose methods are handlers.
//!
//! - `link_slices`: the slices of event types and of subscribers;
//! - `installer`: [`Subscriber`] and [`Installer`];
//! - `params`, `policies`: what it does for the parameters of a subscriber, and for its policies;
//! - `topic_installer`: the same for handlers that take `&dyn AnyEvent`;
//! - `listener`: the trait of listeners, `Registry::add`, and listeners that a scan creates.

mod installer;
mod link_slices;
mod listener;
mod params;
mod policies;
mod topic_installer;

pub(crate) use installer::InstallError;
pub use installer::{EventSelector, Installer, Subscriber};
pub use link_slices::{EVENTS, SUBSCRIBERS, events};
pub use listener::{DefaultProbe, Listener, NoDefault, OneListenerBlockPerType};
