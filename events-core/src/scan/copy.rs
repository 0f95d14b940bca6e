//! A new registry with the declared subscribers of another, so that a test changes only its own.

use super::declarations::Declarations;
use crate::{
    declared::Installer,
    registry::{Registry, SubscriberGroup},
};

impl Registry {
    /// A new registry with the declared subscribers of this one, as a scan with the same states
    /// creates it: `once` subscribers have not run, the scan's listeners are new, and the queue is
    /// empty. Run-time subscriptions and hooks are not copied.
    pub(crate) fn copy_of_declared(&self) -> Self {
        let copy = Self::new();
        let (from, to) = (self.core(), copy.core());
        to.set_limit(from.emit_limits().limit());
        to.queue().set_capacity(from.queue().capacity());
        let states = from.states();
        let mut group = SubscriberGroup::default();
        for declaration in Declarations::new().all() {
            if from.has_installed(declaration.subscriber.address()) {
                // No error is possible: `states` contains all that these were installed with, and the patterns
                // were compiled.
                let _ = Installer::run(declaration.subscriber, to, &states, &mut group, None);
            }
        }
        // No conflict is possible: the same subscribers are ordered in `from`.
        let _ = to.commit(group, states, true);
        copy
    }
}
