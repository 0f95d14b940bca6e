//! A failure has the span in which it occurred, and nothing of the event.

use std::sync::mpsc;

use events_core::{Failure, Registry, subscribers};
use tracing::Level;

use crate::{fails, logged, login, one_by_one, panics};

/// The names of the spans of the failures, which a failure hook receives, and what the failures show.
fn spans(emit: impl FnOnce(&Registry)) -> (Vec<Option<&'static str>>, String) {
    let registry = Registry::with(subscribers![fails, panics]);
    let (sender, received) = mpsc::channel();
    registry
        .on_failure(move |failure: &Failure| _ = sender.send(failure.clone()))
        .detach();
    emit(&registry);
    let failures: Vec<_> = received.try_iter().collect();
    let name = |failure: &Failure| Some(failure.span()?.metadata()?.name());
    let names = failures.iter().map(name).collect();
    let shown = failures.iter().map(|one| format!("{one} {one:?} {one:#?}"));
    (names, shown.collect())
}

fn in_request(registry: &Registry) {
    tracing::info_span!("request").in_scope(|| registry.emit(login()));
}

#[test]
fn it_is_that_of_the_call_or_one_around_it() {
    let mut found = Vec::new();
    for level in [Level::TRACE, Level::INFO, Level::ERROR] {
        logged(level, || found.push(spans(in_request).0));
    }
    let expected = [Some("handle"), Some("request"), None].map(|span| vec![span; 2]);
    assert_eq!(found, expected);
    let _alone = one_by_one();
    assert_eq!(spans(in_request).0, [None, None]);
}

#[test]
fn it_shows_nothing_of_the_event() {
    logged(Level::TRACE, || {
        let (names, shown) = spans(in_request);
        assert_eq!(names.len(), 2);
        assert!(shown.contains("no such user"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    });
}
