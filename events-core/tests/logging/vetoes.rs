//! Log records of the failures of an event that fails closed.

use std::task::Poll;

use events_core::{Registry, record::Creating};
use tracing::Level;

use crate::{logged, poll_once};

struct User;

/// The failures are collected first.
#[test]
fn the_failures_of_a_vetoed_write_are_logged_once() {
    let registry = Registry::new();
    let fails = |_: &Creating<User>| Err::<(), _>("no answer");
    registry
        .subscribe(fails)
        .id("check")
        .register()
        .expect("the id is free")
        .detach();
    for is_optional in [true, false] {
        let new = registry.subscribe(fails);
        let new = if is_optional { new.optional() } else { new };
        let _other = new.register().expect("there is no id");
        for (verb, emit) in [
            (
                "emit",
                (|registry| registry.emit(Creating::new(User))) as fn(&Registry) -> Creating<User>,
            ),
            ("emit_async", |registry| {
                match poll_once(registry.emit_async(Creating::new(User))) {
                    Poll::Ready(event) => event,
                    Poll::Pending => panic!("no handler waits"),
                }
            }),
        ] {
            let log = logged(Level::ERROR, || assert!(emit(&registry).is_vetoed()));
            let causes = log
                .iter()
                .filter(|line| line.contains("returned an error: no answer"));
            assert_eq!((causes.count(), log.len()), (2, 2), "{verb}: {log:#?}");
        }
        let log = logged(Level::ERROR, || {
            registry.try_emit(Creating::new(User)).map(|_| ())
        });
        assert_eq!(log, [""; 0]);
    }
}
