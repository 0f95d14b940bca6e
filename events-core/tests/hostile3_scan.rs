//! Third hostile round: user code under the lock of a registry.

use std::{sync::mpsc, thread, time::Duration};

use events_core::{Event, Registry, State, subscriber};

fn ends(f: impl FnOnce() + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        f();
        _ = sender.send(());
    });
    receiver.recv_timeout(Duration::from_secs(5)).is_ok()
}

#[derive(Event)]
struct Opened;

/// A state whose destructor uses the registry, as a connection pool that emits `Closed` does.
struct Pool(Option<Registry>);

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(registry) = &self.0 {
            registry.on(|_: &Opened| ()).detach();
        }
    }
}

#[subscriber]
fn uses(_: &Opened, _: State<'_, u8>) {}

/// A later scan replaces the state.
#[test]
fn a_state_that_is_replaced_is_not_dropped_under_the_lock() {
    assert!(ends(|| {
        let registry = Registry::new();
        let scan = |pool| {
            let scanner = registry.scanner().state(1_u8).state(pool);
            scanner.run();
        };
        scan(Pool(Some(registry.clone())));
        scan(Pool(None));
    }));
}
