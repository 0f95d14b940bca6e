//! Section 3: an emit before any scan warns once. A binary of its own, because nothing in it may scan.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{Event, Registry, registry, subscriber};
use tracing::{
    Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[derive(Event)]
struct Early(u32);

#[subscriber]
fn never(event: &mut Early) {
    event.0 += 1;
}

/// Counts the warnings that name `scan`.
struct Warnings(Arc<AtomicUsize>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{value:?}"));
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(tracing::level_filters::LevelFilter::WARN)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        assert!(
            text.0
                .contains("call events_core::scan() first thing in main"),
            "{}",
            text.0
        );
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn an_emit_before_any_scan_warns_once() {
    let warnings = Arc::new(AtomicUsize::new(0));
    tracing::subscriber::with_default(Warnings(Arc::clone(&warnings)), || {
        // A registry that the program creates needs no scan.
        assert_eq!(Registry::new().emit(Early(1)).0, 1);
        assert_eq!(warnings.load(Ordering::Relaxed), 0);

        // The default registry does, even if it has a run-time subscription.
        let _on = registry().on(|event: &mut Early| event.0 += 10);
        assert_eq!(Early(1).emit().0, 11);
        assert_eq!(warnings.load(Ordering::Relaxed), 1);
        assert_eq!(Early(1).try_emit().expect("no handler fails").0, 11);
        assert_eq!(Early(1).emit().0, 11);
        assert_eq!(warnings.load(Ordering::Relaxed), 1);
    });
}
