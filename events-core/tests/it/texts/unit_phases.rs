//! When a subscriber runs in a unit of work, in the report of a scan and in an explanation.

use events_core::{Event, Registry, ScanReport, subscriber};

#[derive(Event, Clone)]
#[event(topic = "phases.placed")]
struct Placed;

/// Its subscribers run after the commit, if no option says otherwise.
#[derive(Event, Clone)]
#[event(topic = "phases.sent", after_commit)]
struct Sent;

/// Only undone.
#[derive(Event, Clone)]
#[event(topic = "phases.undone")]
struct Undone;

#[subscriber(priority = 9)]
fn check(_: &Placed) {}

#[subscriber(after_commit, priority = 8)]
fn confirm(_: &Placed) {}

#[subscriber(after_rollback, priority = 7)]
fn undo(_: &Placed) {}

#[subscriber(deferred)]
fn mail(_: &Placed) {}

#[subscriber(deferred, after_rollback, priority = -1)]
fn regret(_: &Placed) {}

#[subscriber(priority = 9)]
fn count(_: &Sent) {}

#[subscriber(at_once)]
fn veto(_: &Sent) {}

#[subscriber(after_rollback)]
fn clean(_: &Undone) {}

#[subscriber(topic = "phases\\.p.*", after_commit)]
fn audit(_: &dyn events_core::AnyEvent) {}

fn scanned() -> (Registry, ScanReport) {
    let registry = Registry::new();
    let scanner = registry.scanner().module("it::texts::unit_phases");
    let report = scanner.run();
    (registry, report)
}

/// Of the lines with this file, the name of the function and what follows the column of these words.
fn rows(text: &str, heading: &str, end: Option<&str>) -> Vec<String> {
    let mut lines = text.lines().skip_while(|line| !line.contains("priority"));
    let headings = lines.next().expect("there is a table");
    let start = headings.find(heading).expect("it has this heading");
    let end = end.map(|end| headings.find(end).expect("it has this heading"));
    let of_file = lines.filter(|line| line.contains(file!()));
    of_file
        .map(|line| {
            let (_, name) = line.split_once("unit_phases::").expect("it has a name");
            let name = name.split(' ').next().expect("it has a name");
            let cell = &line[start..end.unwrap_or(line.len())];
            format!("{name}: {}", cell.trim())
        })
        .collect()
}

#[test]
fn the_report_of_a_scan_lists_each_phase_also_those_after_a_rollback() {
    let (_, report) = scanned();
    let text = report.to_string();
    assert_eq!(
        rows(&text, "kind", Some("origin")),
        [
            "check: sync",
            "confirm: sync after commit",
            "undo: sync after rollback",
            "mail: deferred",
            "regret: deferred after rollback",
            "count: sync after commit",
            "veto: sync",
            "clean: sync after rollback",
            "audit: sync after commit",
        ],
        "{text}"
    );
    assert_eq!(report.subscribers().len(), 9);
    assert_eq!(report.heard_events(), 3);
    let summary = "9 subscribers of 3 events and 1 pattern: 9 from it";
    assert!(report.summary().starts_with(summary), "{text}");
}

#[test]
fn an_explanation_shows_when_a_subscriber_is_called_in_a_unit() {
    let (registry, _) = scanned();
    let text = registry.explain::<Placed>().to_string();
    let later = "called, after the commit if it is emitted in a unit of work";
    let never = "not called: it runs only when the unit of work of the event is rolled back";
    let mut verdicts = rows(&text, "verdict", None);
    verdicts.truncate(6);
    let expected = [
        "check: called".to_owned(),
        format!("confirm: {later}"),
        format!("undo: {never}"),
        format!("audit: {later}"),
        "mail: called".to_owned(),
        format!("regret: {never}"),
    ];
    assert_eq!(verdicts, expected, "{text}");
    let kinds = rows(&text, "kind", Some("verdict"));
    assert_eq!(
        kinds[..3],
        [
            "check: sync",
            "confirm: sync after commit",
            "undo: sync after rollback"
        ],
        "{text}"
    );
    let text = registry.explain::<Sent>().to_string();
    let expected = [format!("count: {later}"), "veto: called".to_owned()];
    assert_eq!(rows(&text, "verdict", None)[..2], expected, "{text}");
}

#[test]
fn a_verdict_with_a_condition_shows_when_it_is_called_in_a_unit() {
    let registry = Registry::new();
    let new = registry.subscribe(|_: &Placed| ()).after_commit();
    let _new = new.when(|_| true).id("new").register();
    let explanation = registry.explain::<Placed>();
    let one = explanation.called().next().expect("it is subscribed");
    let text = "called if its condition accepts the event, after the commit if it is emitted in a unit of work";
    assert!(one.to_string().ends_with(text), "{one}");
}
