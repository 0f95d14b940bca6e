//! Sync and awaited subscribers have one order: what they leave under `emit_async` and from the queue.

use super::{Trail, registry_of, summary};
use crate::block_on;

/// What an async emit reports of a line of subscribers, and what the journal contains behind the numbers in the event: the
/// notes of the background subscribers. From the queue the same subscribers run.
#[track_caller]
fn check(line: &str, expected: &str, background: &str) {
    let registry = registry_of(line);
    let event = Trail::default();
    let journal = event.journal.clone();
    let summary = summary(&block_on(registry.try_emit_async(event)));
    assert_eq!(summary, expected, "{line}");
    registry.queue().flush();
    let chain = summary.split(',').next().unwrap_or_default().len();
    let notes = journal.take();
    assert_eq!(notes[chain..].join(" "), background, "{line}");

    let registry = registry_of(line);
    let event = Trail::default();
    let journal = event.journal.clone();
    registry.enqueue(event).expect("there is room in the queue");
    let flushed = registry.queue().flush();
    let mut queued = journal.take();
    let failed = |summary: &str| {
        let failed = summary
            .split(", ")
            .find_map(|part| part.strip_suffix(" failed"));
        failed.map_or(0, |ids| ids.split(' ').count())
    };
    assert_eq!(
        flushed.failures(),
        failed(&summary),
        "{line}, from the queue"
    );
    queued[chain..].sort();
    let mut sorted = notes;
    sorted[chain..].sort();
    assert_eq!(queued, sorted, "{line}, from the queue");
}

#[test]
fn awaited_subscribers_run_in_their_place() {
    check("", ", 0 ran", "");
    check("a", "0, 1 ran", "");
    check("y", "00, 1 ran", "");
    check("s a s", "012, 3 ran", "");
    check("a s y s a", "012234, 5 ran", "");
    check("y y y", "001122, 3 ran", "");
    check("s s s y s s s", "01233456, 7 ran", "");
}

#[test]
fn background_subscribers_run_behind_the_chain() {
    check("c y", "11, 2 ran", "0( 0)");
    check("d y", "11, 1 ran", "0( 0)");
    check("y c d s c", "003, 4 ran", "1( 4( 1) 4) 2( 2)");
}

#[test]
fn a_failure_does_not_disturb_those_behind_it() {
    check("e s a", "0012, 3 ran, 0 failed", "");
    check("p s a c", "0012, 4 ran, 0 failed", "3( 3)");
    check("E p e y", "0112233, 4 ran, 0 1 2 failed", "");
}

#[test]
fn a_subscriber_stops_those_behind_it() {
    check("y b s a c d", "0011, 2 ran, 1 stopped", "");
    check("y B s a c d", "001, 2 ran, 1 stopped", "");
    check("e b E", "0011, 2 ran, 0 failed, 1 stopped", "");
}

/// Between pauses a chain nests up to 16 calls.
#[test]
fn long_stretches_run_to_their_end() {
    let line = format!("{}y {}", "s ".repeat(40), "s ".repeat(40));
    let numbers: String = (0..40).map(|number| number.to_string()).collect();
    let behind: String = (41..81).map(|number| number.to_string()).collect();
    let registry = registry_of(&line);
    let result = block_on(registry.try_emit_async(Trail::default()));
    assert_eq!(summary(&result), format!("{numbers}4040{behind}, 81 ran"));
}
