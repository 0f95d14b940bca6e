//! What a failing test says: what was expected, what came of it, and what was emitted instead.

use std::fmt::Write as _;

use events_core::Location;

use super::{
    did_you_mean as similar,
    plural::{list, times},
};
use crate::state::{
    mock_state::State,
    recorded_event::Seen,
    rule::{Rule, Subject, Times},
};

/// So many emitted events are listed.
const LISTED: usize = 40;

/// What does not hold at the end of a test, or nothing.
pub(crate) fn verdict(state: &State) -> Option<String> {
    let unmet = state.rules.iter().filter(|rule| !rule.holds());
    let mut found: Vec<_> = unmet.map(|rule| unmet_rule(state, rule)).collect();
    let orders = state.orders.iter();
    found.extend(orders.filter_map(|(rules, location)| broken_order(state, rules, *location)));
    let all = state.rules.len() + state.orders.len();
    let mut text = match found.len() {
        0 => return None,
        1 if all == 1 => "an expectation does not hold\n".to_owned(),
        some => format!("{some} of {all} expectations do not hold\n"),
    };
    for one in &found {
        let _ = write!(text, "\n{}\n", indented(one, "  "));
    }
    text.push('\n');
    text.push_str(&emitted(state));
    Some(text)
}

/// All that was emitted, in order.
pub(crate) fn emitted(state: &State) -> String {
    if state.seen.is_empty() {
        return "nothing was emitted".to_owned();
    }
    let mut seen: Vec<_> = state.seen.iter().collect();
    seen.sort_by_key(|seen| seen.number);
    let mut text = "emitted, in order:".to_owned();
    let mut listed = 0;
    let mut rest = &seen[..];
    while let [first, ..] = rest {
        if listed == LISTED {
            let _ = write!(text, "\n  and {} more", rest.len());
            break;
        }
        let line = first.to_string();
        let alike = rest.iter().take_while(|seen| seen.to_string() == line);
        let alike = alike.count();
        let number = position(state, first.number);
        let many = match alike {
            1 => String::new(),
            alike => format!(
                "\n{alike} times, to #{}",
                position(state, rest[alike - 1].number)
            ),
        };
        let told = indented(&format!("{line}{many}"), "     ");
        let _ = write!(text, "\n  #{number} {}", told.trim_start());
        rest = &rest[alike..];
        listed += 1;
    }
    text
}

/// How often each topic was emitted.
pub(crate) fn counts(state: &State) -> String {
    let mut topics: Vec<(&str, usize)> = Vec::new();
    for seen in state.seen.iter().filter(|seen| seen.counts()) {
        match topics.iter_mut().find(|(topic, _)| *topic == seen.topic) {
            Some((_, count)) => *count += 1,
            None => topics.push((&seen.topic, 1)),
        }
    }
    let lines: Vec<_> = topics
        .iter()
        .map(|(topic, count)| format!("  {topic}: {}", times(*count)))
        .collect();
    lines.join("\n")
}

fn unmet_rule(state: &State, rule: &Rule) -> String {
    let mut text = format!("expected {}\nat {}", expected(rule), rule.location);
    for what in why(state, rule) {
        let _ = write!(text, "\n- {what}");
    }
    text
}

/// The expectation in words.
fn expected(rule: &Rule) -> String {
    let mut text = match &rule.subject {
        Subject::Event { topic, .. } => format!("`{topic}`"),
        Subject::Topic(pattern) => format!("a topic like `{}`", pattern.text()),
    };
    text.push_str(&match rule.times() {
        Times::Exactly(0) => " never".to_owned(),
        Times::Exactly(count) => format!(" exactly {}", times(count)),
        Times::AtLeast(count) => format!(" at least {}", times(count)),
    });
    if let Some(origin) = &rule.origin {
        let _ = write!(text, ", from `{origin}`");
    }
    if rule.matching.is_some() {
        text.push_str(", matching a condition");
    }
    text
}

/// What came instead of it.
fn why(state: &State, rule: &Rule) -> Vec<String> {
    let came = &rule.came;
    let mut why = Vec::new();
    let meant = came.meant.len();
    if rule.is_unasked() && rule.times() == Times::Exactly(0) {
        why.push(
            "no such event came, so `matching` was never asked, and this could not fail; write \
             `never()` alone, or expect the others as well"
                .to_owned(),
        );
        return why;
    }
    if meant > 0 {
        why.push(format!(
            "it was emitted {}: {}",
            times(meant),
            numbers(state, &came.meant)
        ));
    }
    if !came.refused.is_empty() {
        let (count, which) = (times(came.refused.len()), numbers(state, &came.refused));
        why.push(format!("`matching` did not hold {count}: {which}"));
    }
    if !came.elsewhere.is_empty() {
        let (count, which) = (times(came.elsewhere.len()), numbers(state, &came.elsewhere));
        why.push(format!("it came {count} from elsewhere: {which}"));
    }
    for (number, how) in &came.panicked {
        let which = numbers(state, &[*number]);
        why.push(format!("`matching` panicked at {which}: {how}"));
    }
    if !why.is_empty() {
        return why;
    }
    why.push("it was not emitted".to_owned());
    let nothing_since = state.seen.iter().all(|seen| seen.number < rule.begins);
    if nothing_since && !state.seen.is_empty() {
        why.push(
            "nothing at all was emitted after this line: expectations stand before the code that emits"
                .to_owned(),
        );
    }
    let similar = similar::topics(state, &rule.subject);
    if !similar.is_empty() {
        let similar: Vec<_> = similar.iter().map(|topic| format!("`{topic}`")).collect();
        why.push(format!("did you mean {}?", similar.join(" or ")));
    }
    why
}

/// What is wrong with an order whose expectations were all met.
fn broken_order(state: &State, rules: &[usize], location: Location) -> Option<String> {
    let rules: Vec<_> = rules
        .iter()
        .filter_map(|rule| state.rules.get(*rule))
        .collect();
    let (before, after) =
        rules
            .windows(2)
            .map(|pair| (pair[0], pair[1]))
            .find(|(before, after)| {
                let last = before.came.meant.iter().max();
                let first = after.came.meant.iter().min();
                last.zip(first).is_some_and(|(last, first)| last >= first)
            })?;
    let which = |rule: &Rule| numbers(state, &rule.came.meant);
    Some(format!(
        "expected in this order\nat {location}\n- first {}: {}\n- then {}: {}",
        expected(before),
        which(before),
        expected(after),
        which(after),
    ))
}

/// `#2 and #5`, as they stand in the list.
fn numbers(state: &State, numbers: &[u64]) -> String {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    let numbers = numbers.iter().map(|number| position(state, *number));
    let numbers: Vec<_> = numbers.map(|number| format!("#{number}")).collect();
    list(&numbers)
}

/// The place of an event in the list, from 1: what was forgotten does not count.
fn position(state: &State, number: u64) -> usize {
    let before = |seen: &&Seen| seen.number < number;
    state.seen.iter().filter(before).count() + 1
}

fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| format!("{by}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}
