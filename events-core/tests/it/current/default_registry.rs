//! Section 3: the default registry, which a scan fills. One test, because there is only one.

use events_core::{Event, Origin, registry, subscriber};

#[derive(Event)]
struct Opened(Vec<&'static str>);

#[derive(Event)]
struct Closed<T>(Vec<T>);

mod first {
    use super::{Opened, subscriber};

    #[subscriber(priority = 2)]
    fn one(event: &mut Opened) {
        event.0.push("one");
    }

    mod deeper {
        use super::{Opened, subscriber};

        #[subscriber(origin = "door", once)]
        fn two(event: &mut Opened) {
            event.0.push("two");
        }
    }
}

mod first_not {
    use super::{Closed, Opened, subscriber};

    #[subscriber(priority = 3)]
    fn three(event: &mut Opened) {
        event.0.push("three");
    }

    #[subscriber]
    fn closed(event: &mut Closed<&'static str>) {
        event.0.push("closed");
    }
}

fn scan(module: &str) -> events_core::ScanReport {
    events_core::scanner()
        .module(format!("it::current::default_registry::{module}"))
        .run()
}

#[test]
fn a_scan_fills_the_default_registry_and_later_scans_add_to_it() {
    let opened = || Opened(vec![]).emit_from("door").0;
    assert!(opened().is_empty(), "nothing runs before a scan");
    assert!(Closed::<u8>(vec![]).emit().0.is_empty());

    let report = scan("first");
    assert_eq!(report.subscribers().len(), 2);
    assert_eq!(opened(), ["one", "two"]);
    assert_eq!(scan("first").subscribers().len(), 2, "a scan is idempotent");
    assert_eq!(opened(), ["one"]);

    let report = scan("first_not");
    assert_eq!(report.subscribers().len(), 4);
    assert_eq!(opened(), ["three", "one"]);
    assert_eq!(Closed::<&str>(vec![]).emit().0, ["closed"]);
    assert!(Closed::<&String>(vec![]).emit().0.is_empty());

    let on = registry()
        .subscribe(|event: &mut Opened| event.0.push("run time"))
        .priority(3)
        .register();
    assert_eq!(opened(), ["three", "run time", "one"]);
    assert_eq!(
        Opened(vec![]).try_emit().expect("no handler fails").ran(),
        3
    );
    drop(on);
    assert_eq!(opened(), ["three", "one"]);

    let mine: Vec<_> = report.crates().filter(|(name, _)| *name == "it").collect();
    assert_eq!(mine[0].1.subscribers, 4);
    assert!(mine[0].1.events > 10);
    assert_eq!(report.heard_events(), 2);
    let text = report.to_string();
    let lines: Vec<Vec<_>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        [
            "topic",
            "subscriber",
            "location",
            "priority",
            "kind",
            "origin"
        ]
    );
    assert_eq!(lines[1][0], "it::current::default_registry::Closed");
    assert_eq!(
        lines[2][..2],
        [
            "it::current::default_registry::Opened",
            "it::current::default_registry::first_not::three"
        ]
    );
    assert_eq!(lines[3][0], "it::current::default_registry::first::one");
    assert_eq!(lines[3][2..], ["2", "sync", "mut", "-"]);
    assert_eq!(
        lines[4][0],
        "it::current::default_registry::first::deeper::two"
    );
    assert_eq!(lines[4][2..], ["0", "sync", "mut", "once", "door"]);
    assert!(lines[4][1].starts_with(concat!(file!(), ":")), "{text}");
    assert_eq!(
        text.lines().last(),
        Some("4 subscribers of 2 events: 4 from it")
    );
    let origins: Vec<_> = report
        .subscribers()
        .filter_map(|subscriber| subscriber.origin.clone())
        .collect();
    assert_eq!(origins, [Origin::from("door")]);
}
