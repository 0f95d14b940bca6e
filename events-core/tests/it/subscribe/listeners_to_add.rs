//! A scan reports the listeners that it cannot create, since they are not `Default`, and that were not added.

use events_core::{Event, Registry, ScanReport, listener};

#[derive(Event)]
struct Opened;

/// It is not `Default`, and has two handlers.
struct Doors(u32);

#[listener]
impl Doors {
    #[on]
    fn first(&self, _: &Opened) {
        assert!(self.0 > 0, "no scan creates this listener");
    }

    #[on]
    fn second(&self, _: &Opened) {}
}

mod created {
    use super::{Opened, listener};

    #[derive(Default)]
    struct Windows;

    #[listener]
    impl Windows {
        #[on]
        fn opened(&self, _: &Opened) {}
    }
}

fn scan(registry: &Registry, module: &str) -> ScanReport {
    registry.scanner().module(module).run()
}

/// The text for `Doors`.
fn doors() -> String {
    let above = include_str!("listeners_to_add.rs").lines();
    let line = 1 + above.take_while(|line| !line.contains("fn first")).count();
    format!(
        "the listener it::subscribe::listeners_to_add::Doors ({}:{line}) is not Default, so a scan does not create it; \
         add it with registry().add(..).detach(), or implement Default",
        file!()
    )
}

#[test]
fn a_listener_that_is_neither_default_nor_added_is_in_the_report_of_a_scan() {
    let registry = Registry::new();
    let report = scan(&registry, module_path!());
    assert_eq!(report.listeners_to_add().collect::<Vec<_>>(), [doors()]);
    assert!(
        report.to_string().ends_with(&format!("\n{}", doors())),
        "{report}"
    );
    let report = scan(&registry, "it::subscribe::listeners_to_add::created");
    assert_eq!(report.listeners_to_add().len(), 0, "{report}");
}

#[test]
fn a_listener_that_was_added_before_the_scan_is_not_reported() {
    let registry = Registry::new();
    let subscription = registry.add(Doors(1));
    assert_eq!(scan(&registry, module_path!()).listeners_to_add().len(), 0);
    drop(subscription);
    assert_eq!(scan(&registry, module_path!()).listeners_to_add().len(), 0);
    // It was added to that registry, and not to this one.
    assert_eq!(
        scan(&Registry::new(), module_path!())
            .listeners_to_add()
            .len(),
        1
    );
}

/// An `Arc` of a listener is a listener.
#[test]
fn a_listener_that_was_added_as_an_arc_is_not_reported() {
    let registry = Registry::new();
    registry.add(std::sync::Arc::new(Doors(1))).detach();
    assert_eq!(scan(&registry, module_path!()).listeners_to_add().len(), 0);
}
