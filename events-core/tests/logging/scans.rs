//! A later scan of a registry logs only what it has found itself.

use events_core::{AnyEvent, Event, Registry, listener, subscriber};

use crate::logged;

#[derive(Event)]
#[event(topic = "warehouse::Packed")]
struct Packed;

mod first {
    use super::{AnyEvent, subscriber};

    #[subscriber(topic = "warehouse::Packd")]
    fn misspelt(_: &dyn AnyEvent) {}
}

mod second {
    use super::{Packed, listener, subscriber};

    #[subscriber]
    fn fine(_: &Packed) {}

    #[expect(dead_code, reason = "no value is added")]
    struct Shelf(u8);

    #[listener]
    impl Shelf {
        #[on]
        fn packed(&self, _: &Packed) {}
    }
}

/// How many records of a scan of that module contain the text.
fn records(registry: &Registry, module: &str, text: &str) -> usize {
    let scan = || registry.scanner().module(module).run();
    let log = logged(tracing::Level::INFO, scan);
    log.iter().filter(|line| line.contains(text)).count()
}

#[test]
fn a_pattern_that_matches_no_event_is_logged_by_the_scan_that_registers_it() {
    let registry = Registry::new();
    let warning = "no linked event has a topic that matches `warehouse::Packd`";
    assert_eq!(records(&registry, "logging::scans::first", warning), 1);
    assert_eq!(records(&registry, "logging::scans::first", warning), 0);
    assert_eq!(records(&registry, "logging::scans::second", warning), 0);
    let report = registry.scanner().module("logging::scans::second").run();
    assert_eq!(report.unmatched_patterns().len(), 1, "the report has all");
}

#[test]
fn a_listener_to_add_is_logged_at_info() {
    let text = "INFO events_core: the listener logging::scans::second::Shelf (";
    assert_eq!(records(&Registry::new(), "logging::scans::second", text), 1);
}
