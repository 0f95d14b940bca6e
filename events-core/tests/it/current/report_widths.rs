//! The columns of a scan's report are aligned in a terminal, where a character may be two columns wide, or none.

use events_core::{Event, Registry, subscriber};

#[derive(Event)]
#[event(topic = "orders.placed")]
struct Placed;

/// Each character is two columns wide.
#[derive(Event)]
#[event(topic = "注文.支払")]
struct Paid;

/// The accents are combining characters, without a width.
#[derive(Event)]
#[event(topic = "e\u{301}te\u{301}.fini")]
struct Finished;

#[subscriber]
fn pack(_: &Placed) {}

#[subscriber]
fn print(_: &Paid) {}

#[subscriber]
fn close(_: &Finished) {}

/// The column at which this part of a line begins.
fn column(line: &str, part: &str) -> usize {
    let (before, _) = line.split_once(part).expect("the line has this part");
    let width = |character| match character {
        '\u{300}'..'\u{370}' => 0,
        '\u{3000}'.. => 2,
        _ => 1,
    };
    before.chars().map(width).sum()
}

#[test]
fn the_columns_of_a_report_are_aligned_for_wide_and_combining_characters() {
    let registry = Registry::new();
    let report = registry
        .scanner()
        .module("it::current::report_widths")
        .run();
    let text = report.to_string();
    let rows: Vec<_> = text.lines().skip(1).take(3).collect();
    for part in ["it::current", file!(), "sync"] {
        let columns: Vec<_> = rows.iter().map(|row| column(row, part)).collect();
        assert_eq!(columns, [columns[0]; 3], "`{part}` in:\n{text}");
    }
}
