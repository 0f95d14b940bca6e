//! A registry with the declared subscribers of another: what a test changes in it stays in it.

use super::declarations::Declarations;
use crate::{
    declared::Installer,
    registry::{Registry, SubscriberGroup},
};

impl Registry {
    /// A registry of its own with the declared subscribers of this one, as a scan with the same values
    /// would make it: `once` has not run yet, listeners that a scan makes are made anew, and the queue
    /// is empty. Run-time subscriptions and hooks stay behind.
    pub(crate) fn copy_of_declared(&self) -> Self {
        let copy = Self::new();
        let (from, to) = (self.core(), copy.core());
        to.set_limit(from.limit());
        to.queue().set_capacity(from.queue().capacity());
        let states = from.states();
        let mut group = SubscriberGroup::default();
        for one in Declarations::new().all() {
            if from.has_installed(one.subscriber.address()) {
                // Nothing is missing: these were given what they need.
                let _ = Installer::run(one.subscriber, to, &states, &mut group, None);
            }
        }
        // They could be ordered there, so they can here.
        let _ = to.commit(group, states, true);
        copy
    }
}
