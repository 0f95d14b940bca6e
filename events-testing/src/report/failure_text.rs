//! The texts of a failing test: which expectations do not hold, why, and which events were emitted.
//!
//! The results of `write!` are ignored, because writing to a `String` does not fail. The mock is locked
//! meanwhile, so nothing here calls code of the user: topics and fields were stored as texts, and an origin is
//! a path or a text.

use std::fmt::Write as _;

use events_core::__testing::one_line;

use super::{
    did_you_mean,
    plural::{list, times},
};
use crate::state::{
    mock_state::MockData,
    rule::{EventSelector, Rule, RuleOrder, Times},
};

/// The most entries in the list of emitted events; equal events in a row are one entry.
const MAX_LISTED: usize = 40;

/// The text of all expectations that do not hold at the end of a test, or `None` when all hold.
pub(crate) fn failed_expectations(data: &MockData) -> Option<String> {
    let rules = data.rules.iter().filter(|rule| !rule.holds());
    let mut failed: Vec<_> = rules.map(|rule| failed_rule(data, rule)).collect();
    let orders = data.orders.iter();
    failed.extend(orders.filter_map(|order| violated_order(data, order)));
    let all = data.rules.len() + data.orders.len();
    let mut text = match failed.len() {
        0 => return None,
        1 if all == 1 => "an expectation does not hold\n".to_owned(),
        some => format!("{some} of {all} expectations do not hold\n"),
    };
    for one in &failed {
        let _ = write!(text, "\n{}\n", indent(one, "  "));
    }
    text.push('\n');
    text.push_str(&emitted_events(data));
    Some(text)
}

/// The text that refuses an expectation of events that were already emitted, or `None` when none was.
pub(crate) fn late_expectation(data: &MockData, selector: &EventSelector) -> Option<String> {
    let first = data.selected_events(selector).next()?;
    let count = times(data.selected_events(selector).count());
    let assertion = match selector {
        EventSelector::Type { .. } => "assert_emitted::<..>()",
        EventSelector::Topic(_) => "assert_emitted_topic(..)",
    };
    Some(format!(
        "this expectation is too late: {selector} was already emitted {count}, first as\n{}\n\
         write the expectation before the code that emits; or call `{assertion}` afterwards; or discard \
         the events recorded so far with `clear()`",
        indent(&first.to_string(), "  "),
    ))
}

/// The text that refuses an option of a rule that has compared events with its other options already, or
/// `None` when there was none.
pub(crate) fn late_option(data: &MockData, rule: &Rule, option: &str) -> Option<String> {
    let numbers: Vec<_> = rule.results.numbers().collect();
    let first = numbers.iter().min()?;
    let mut events = data.events.iter();
    let first = events.find(|event| event.number == *first);
    let first = first.map(ToString::to_string).unwrap_or_default();
    let (count, each) = match numbers.len() {
        1 => (times(1), "as"),
        count => (times(count), "first as"),
    };
    Some(format!(
        "`{option}` is too late: since the expectation at {}, {} was already emitted {count}, {each}\n{}\n\
         call `{option}` directly after the expectation is created, before the code that emits; if other \
         threads emit, create the expectation before they start",
        rule.location,
        rule.selector,
        indent(&first, "  "),
    ))
}

/// The list of all recorded events, in the order of emits.
pub(crate) fn emitted_events(data: &MockData) -> String {
    if data.events.is_empty() {
        return "nothing was emitted".to_owned();
    }
    let mut text = "emitted, in order:".to_owned();
    let mut listed = 0;
    let mut rest = &data.events[..];
    while let [first, ..] = rest {
        if listed == MAX_LISTED {
            let _ = write!(text, "\n  and {} more", rest.len());
            break;
        }
        let lines = first.to_string();
        let equal = rest.iter().take_while(|event| event.to_string() == lines);
        let equal = equal.count();
        let position = list_position(data, first.number);
        let repeated = match equal {
            1 => String::new(),
            equal => format!(
                "\n{equal} times, to #{}",
                list_position(data, rest[equal - 1].number)
            ),
        };
        let entry = indent(&format!("{lines}{repeated}"), "     ");
        let _ = write!(text, "\n  #{position} {}", entry.trim_start());
        rest = &rest[equal..];
        listed += 1;
    }
    text
}

/// How often each topic was emitted, a line for each topic.
pub(crate) fn topic_counts(data: &MockData) -> String {
    let mut topics: Vec<(&str, usize)> = Vec::new();
    for event in data.counted_events() {
        match topics.iter_mut().find(|(topic, _)| *topic == event.topic) {
            Some((_, count)) => *count += 1,
            None => topics.push((&event.topic, 1)),
        }
    }
    let lines: Vec<_> = topics
        .iter()
        .map(|(topic, count)| format!("  {}: {}", one_line(topic), times(*count)))
        .collect();
    lines.join("\n")
}

fn failed_rule(data: &MockData, rule: &Rule) -> String {
    let mut text = format!("expected {}\nat {}", rule_text(rule), rule.location);
    for reason in failure_reasons(data, rule) {
        let _ = write!(text, "\n- {reason}");
    }
    text
}

/// The expectation as text: its events, count, origin, and whether it has a condition.
fn rule_text(rule: &Rule) -> String {
    let mut text = rule.selector.to_string();
    text.push_str(&match rule.times() {
        Times::Exactly(0) => " never".to_owned(),
        Times::Exactly(count) => format!(" exactly {}", times(count)),
        Times::AtLeast(count) => format!(" at least {}", times(count)),
    });
    if let Some(origin) = &rule.origin {
        let _ = write!(text, ", from `{}`", one_line(origin.as_str()));
    }
    if rule.matching.is_some() {
        text.push_str(", matching a condition");
    }
    text
}

/// Why a rule does not hold.
fn failure_reasons(data: &MockData, rule: &Rule) -> Vec<String> {
    if rule.has_uncalled_matching() && rule.times() == Times::Exactly(0) {
        return vec![
            "no such event was emitted, so `matching` was never called and this expectation could not \
             fail; write `never()` without `matching`, or also expect the events that do not match"
                .to_owned(),
        ];
    }
    let results = &rule.results;
    let mut reasons = Vec::new();
    let mut add = |before: &str, after: &str, events: &[u64]| {
        if !events.is_empty() {
            let (count, which) = (times(events.len()), event_list(data, events));
            reasons.push(format!("{before} {count}{after}: {which}"));
        }
    };
    add("it was emitted", "", &results.matched);
    add("`matching` did not hold", "", &results.rejected);
    add(
        "it was emitted",
        " without this origin",
        &results.other_origin,
    );
    for (number, panic) in &results.panicked {
        let which = event_list(data, &[*number]);
        reasons.push(format!("`matching` panicked at {which}: {panic}"));
    }
    if !reasons.is_empty() {
        return reasons;
    }
    reasons.push("it was not emitted".to_owned());
    let mut events = data.events.iter();
    let nothing_since = events.all(|event| event.number < rule.first_event);
    if nothing_since && !data.events.is_empty() {
        reasons.push(
            "no event was emitted after this line; write an expectation before the code that emits"
                .to_owned(),
        );
    }
    reasons.extend(did_you_mean::suggest_topics(data, &rule.selector));
    reasons
}

/// The text of the first two neighbours that violate an order, or `None`. A rule without a matched event
/// violates no order; it is reported when it does not hold.
fn violated_order(data: &MockData, order: &RuleOrder) -> Option<String> {
    let indices = order.rules.iter();
    let rules: Vec<_> = indices.filter_map(|rule| data.rules.get(*rule)).collect();
    let (before, after) =
        rules
            .windows(2)
            .map(|pair| (pair[0], pair[1]))
            .find(|(before, after)| {
                let last = before.results.matched.iter().max();
                let first = after.results.matched.iter().min();
                last.zip(first).is_some_and(|(last, first)| last >= first)
            })?;
    let which = |rule: &Rule| event_list(data, &rule.results.matched);
    Some(format!(
        "expected in this order\nat {}\n- first {}: {}\n- then {}: {}",
        order.location,
        rule_text(before),
        which(before),
        rule_text(after),
        which(after),
    ))
}

/// `#2 and #5`: these events by their positions in the list of emitted events.
fn event_list(data: &MockData, numbers: &[u64]) -> String {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    let positions = numbers.iter().map(|number| list_position(data, *number));
    let positions: Vec<_> = positions.map(|position| format!("#{position}")).collect();
    list(&positions)
}

/// The position of an event in the list of emitted events, from 1. Cleared events are not in the list.
fn list_position(data: &MockData, number: u64) -> usize {
    let events = data.events.iter();
    events.filter(|event| event.number < number).count() + 1
}

fn indent(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| format!("{by}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}
