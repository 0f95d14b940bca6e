//! The texts of a failing test: which expectations do not hold, why, and which events were emitted.
//!
//! The results of `write!` are ignored, because writing to a `String` does not fail. The mock is locked
//! meanwhile, so nothing here calls code of the user: topics and fields were stored as texts, and an origin is
//! a path or a text.

use std::{collections::HashMap, fmt::Write as _};

use events_core::__testing::one_line;

use super::{
    did_you_mean,
    explanation::Circumstances,
    failing_subscribers,
    plural::{failed_expectations, indent, lines, list, times},
};
use crate::state::{
    mock_data::MockData,
    rule::{EventSelector, Rule, RuleOrder, Times},
};

/// The most entries in the list of emitted events; equal events in a row are one entry.
const MAX_LISTED: usize = 40;

/// Whether the test fails at its end.
pub(crate) fn has_failed(data: &MockData) -> bool {
    data.rules.iter().any(|rule| !rule.holds())
        || data
            .orders
            .iter()
            .any(|order| violation(data, order).is_some())
        || data.failures.missed().next().is_some()
        || data.failures.unexpected().next().is_some()
}

/// The text of a test that fails at its end: the expectations that do not hold, the failures of subscribers that
/// are not expected, and the emitted events.
pub(crate) fn failed_test(data: &MockData, circumstances: &Circumstances<'_>) -> String {
    let rules = data.rules.iter().filter(|rule| !rule.holds());
    let mut failed: Vec<_> = rules
        .map(|rule| failed_rule(data, rule, circumstances))
        .collect();
    let orders = data.orders.iter();
    failed.extend(orders.filter_map(|order| violated_order(data, order)));
    failed.extend(failing_subscribers::missed(&data.failures));
    let all = data.rules.len() + data.orders.len() + data.failures.rules.len();
    let mut text = match failed.len() {
        0 => String::new(),
        failed => format!("{}\n", failed_expectations(failed, all)),
    };
    for one in &failed {
        let _ = write!(text, "\n{}\n", indent(one, "  "));
    }
    if let Some(unexpected) = failing_subscribers::unexpected(&data.failures, circumstances) {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{separator}{unexpected}");
    }
    text.push('\n');
    text.push_str(&emitted_events(data));
    text
}

/// The text of an assertion or a wait that fails because such an event was not emitted. `opposite` is the assertion
/// that holds then.
pub(crate) fn not_emitted(
    data: &MockData,
    selector: &EventSelector,
    within: &str,
    circumstances: &Circumstances<'_>,
    opposite: Option<&str>,
) -> String {
    let mut reasons = circumstances.explain(data, selector, 0);
    let remedy = |opposite| format!("if it should not be, call `{opposite}` instead");
    reasons.extend(opposite.map(remedy));
    let reasons = lines(&reasons);
    format!(
        "{selector} was not emitted{within}{reasons}\n\n{}",
        emitted_events(data)
    )
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
    let first = data.event(*first);
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
        let equal = rest.iter().take_while(|event| event.reads_like(first));
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
    let mut indices = HashMap::new();
    let mut topics: Vec<(&str, usize)> = Vec::new();
    for event in data.counted_events() {
        let index = *indices.entry(event.topic.as_str()).or_insert(topics.len());
        match topics.get_mut(index) {
            Some((_, count)) => *count += 1,
            None => topics.push((&event.topic, 1)),
        }
    }
    let listed = topics.iter().take(MAX_LISTED);
    let mut lines: Vec<_> = listed
        .map(|(topic, count)| format!("  {}: {}", one_line(topic), times(*count)))
        .collect();
    if topics.len() > MAX_LISTED {
        lines.push(format!("  and {} more", topics.len() - MAX_LISTED));
    }
    lines.join("\n")
}

fn failed_rule(data: &MockData, rule: &Rule, circumstances: &Circumstances<'_>) -> String {
    let reasons = failure_reasons(data, rule, circumstances);
    format!(
        "expected {}\nat {}{}",
        rule_text(rule),
        rule.location,
        lines(&reasons)
    )
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
fn failure_reasons(data: &MockData, rule: &Rule, circumstances: &Circumstances<'_>) -> Vec<String> {
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
    let explained = if rule.has_too_few() {
        circumstances.explain(data, &rule.selector, rule.first_event)
    } else {
        Vec::new()
    };
    if reasons.is_empty() && results.panicked.is_empty() {
        reasons.push("it was not emitted".to_owned());
        reasons.extend(not_since(data, rule));
        reasons.extend(did_you_mean::suggest_topics(data, &rule.selector));
    }
    let panicked = results.panicked.iter().take(MAX_LISTED);
    reasons.extend(panicked.map(|(number, panic)| {
        let which = match number {
            Some(number) => event_list(data, &[*number]),
            None => "a cleared event".to_owned(),
        };
        format!("`matching` panicked at {which}: {panic}")
    }));
    if results.panicked.len() > MAX_LISTED {
        reasons.push(match results.panicked.len() - MAX_LISTED {
            1 => "and 1 more panic".to_owned(),
            more => format!("and {more} more panics"),
        });
    }
    reasons.extend(explained);
    reasons
}

/// That the expectation is behind the code that emits, if it may be.
fn not_since(data: &MockData, rule: &Rule) -> Option<String> {
    let is_since = data
        .events
        .last()
        .is_some_and(|event| event.number >= rule.first_event);
    (!is_since && !data.events.is_empty()).then(|| {
        "no event was emitted after this line; write an expectation before the code that emits"
            .to_owned()
    })
}

/// The first two neighbours that violate an order, or `None`. A rule without a matched event violates no order;
/// it is reported when it does not hold.
fn violation<'d>(data: &'d MockData, order: &RuleOrder) -> Option<(&'d Rule, &'d Rule)> {
    let indices = order.rules.iter();
    let rules: Vec<_> = indices.filter_map(|rule| data.rules.get(*rule)).collect();
    let mut neighbours = rules.windows(2).map(|pair| (pair[0], pair[1]));
    neighbours.find(|(before, after)| {
        let last = before.results.matched.iter().max();
        let first = after.results.matched.iter().min();
        last.zip(first).is_some_and(|(last, first)| last >= first)
    })
}

fn violated_order(data: &MockData, order: &RuleOrder) -> Option<String> {
    let (before, after) = violation(data, order)?;
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
pub(crate) fn event_list(data: &MockData, numbers: &[u64]) -> String {
    event_list_with(numbers, |number| list_position(data, number))
}

/// [`event_list`] with this function, which is called only for the positions that the list shows.
fn event_list_with(numbers: &[u64], mut position: impl FnMut(u64) -> usize) -> String {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    list(&numbers, |number| format!("#{}", position(*number)))
}

/// The position of an event in the list of emitted events, from 1. Cleared events are not in the list.
fn list_position(data: &MockData, number: u64) -> usize {
    data.events.partition_point(|event| event.number < number) + 1
}

#[cfg(test)]
mod tests {
    use super::event_list_with;

    #[test]
    fn only_the_positions_that_are_shown_are_computed() {
        for (count, computed) in [(1, 1), (2, 2), (5, 5), (6, 5), (40_000, 5)] {
            let numbers: Vec<u64> = (0..count).collect();
            let mut calls = 0;
            event_list_with(&numbers, |_| {
                calls += 1;
                calls
            });
            assert_eq!(calls, computed, "{count} events");
        }
    }
}
