//! Section 4: which topics a pattern matches.

use events_core::{
    AnyEvent, Event, Registry, args, record::register_model, scanning::Subscribers, subscriber,
    subscribers, subscribing::Pattern,
};

use crate::Journal;

/// Checks which of these patterns, by their number from 1, match the topic.
fn check(patterns: &[&'static str], topic: &str, expected: &[usize]) {
    let registry = Registry::new();
    let journal = Journal::default();
    for (number, pattern) in (1..).zip(patterns) {
        let journal = journal.clone();
        let handler = move |_: &dyn AnyEvent| journal.note(number.to_string());
        registry
            .on_topic(*pattern, handler)
            .expect("a pattern")
            .detach();
    }
    registry.emit_topic(topic, args! {});
    let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(journal.take(), expected, "{topic}");
    // And again, with the cached plan of the topic.
    registry.emit_topic(topic, args! {});
    assert_eq!(journal.take(), expected, "{topic}");
}

#[test]
fn patterns_match_as_in_the_table_of_django_event_system() {
    let patterns = [
        "test_event::3",
        "test_event",
        "test_event::[2-5]",
        "test_event(.*)",
    ];
    check(&patterns, "test_event::3", &[1, 3, 4]);
    check(&patterns, "test_event", &[2, 4]);
    check(&patterns, "test_event::some::event", &[4]);
}

#[test]
fn a_pattern_matches_the_whole_topic() {
    check(&["a|ab"], "ab", &[1]);
    check(&["a|b"], "ab", &[]);
    check(&["b"], "ab", &[]);
    check(&["(?x) a b # both"], "ab", &[1]);
    check(&[r"\w+::\d"], "shöp::7", &[1]);
}

/// All of Unicode, whatever features of the crate `regex` a program turns on. `.` is any character.
#[test]
fn patterns_know_unicode_and_line_breaks() {
    check(&["a.", "(?-s)a."], "a\n", &[1]);
    check(&["(?i)shop::ÄRGER"], "Shop::ärger", &[1]);
    check(
        &[r"\p{Greek}+", r"\p{Lu}\p{Ll}+", r"[\w&&[^a-z]]+"],
        "Ωμέγα",
        &[1, 2, 3],
    );
}

#[subscriber(topic = r"(?i)greek::\p{Greek}+")]
fn greek(_: &dyn AnyEvent) {}

#[subscriber(topic = "a.")]
fn any_character(_: &dyn AnyEvent) {}

#[subscriber(topic = "(?-s)a.")]
fn not_a_line_break(_: &dyn AnyEvent) {}

#[test]
fn declared_patterns_know_what_those_at_run_time_know() {
    for (pattern, subscribers, topic, is_match) in [
        (
            r"(?i)greek::\p{Greek}+",
            subscribers![greek],
            "Greek::Ωμέγα",
            true,
        ),
        (
            r"(?i)greek::\p{Greek}+",
            subscribers![greek],
            "greek::omega",
            false,
        ),
        ("a.", subscribers![any_character], "a\n", true),
        ("a.", subscribers![any_character], "a", false),
        ("(?-s)a.", subscribers![not_a_line_break], "a\n", false),
        ("(?-s)a.", subscribers![not_a_line_break], "ab", true),
    ] {
        let registry = Registry::with(subscribers);
        let emitted = registry.try_emit_topic(topic, args! {});
        let ran = emitted.expect("no handler fails").ran();
        assert_eq!(ran, usize::from(is_match), "{pattern}, {topic:?}");
        let expected: &[usize] = if is_match { &[1] } else { &[] };
        check(&[pattern], topic, expected);
    }
}

fn check_exact(topic: &str, other: &str) {
    let registry = Registry::new();
    let journal = Journal::default();
    let exact = Pattern::exact(topic);
    let notes = journal.clone();
    let note = move |event: &dyn AnyEvent| notes.note(event.topic());
    let on = registry.on_topic(exact, note);
    on.expect("every text is a topic").detach();
    registry.emit_topic(topic, args! {});
    registry.emit_topic(other, args! {});
    assert_eq!(journal.take(), [topic]);
}

#[test]
fn a_topic_can_be_named_exactly() {
    check_exact("user.created", "user_created");
    check_exact("shop::(orders", "shop::orders");
    check_exact("a|b", "a");
    check_exact("", "a");
}

#[events_core::subscriber(exact_topic = "user.created")]
fn exactly(event: &dyn AnyEvent) -> Result<(), String> {
    Err(event.topic().to_owned())
}

#[test]
fn an_attribute_can_name_a_topic_exactly() {
    let registry = Registry::with(events_core::subscribers![exactly]);
    for (topic, ran) in [("user.created", 1), ("user_created", 0)] {
        let emitted = registry.try_emit_topic(topic, args! {});
        let failures = emitted.map_or_else(|error| error.failures().len(), |_| 0);
        assert_eq!(failures, ran, "{topic}");
    }
}

#[test]
fn an_invalid_pattern_is_an_error_that_names_the_mistake() {
    for (pattern, words) in [
        ("a(b", "unclosed group"),
        ("a)(b", "unopened group"),
        ("*", "repetition"),
    ] {
        let error = Registry::new()
            .on_topic(pattern, |_: &dyn AnyEvent| ())
            .map(|_| ());
        let text = error.expect_err("no pattern").to_string();
        assert!(text.contains(words) && text.contains(pattern), "{text}");
    }
}

#[derive(Event)]
#[event(topic = "clinic::visits::booked")]
struct Booked;

#[subscriber(topic = "clinic::*")]
fn glob(_: &dyn AnyEvent) {}

#[subscriber(topic = "booked")]
fn only_the_name(_: &dyn AnyEvent) {}

#[subscriber(topic = "clinic::vists::.*")]
fn misspelt(_: &dyn AnyEvent) {}

#[subscriber(topic = "clinic::visits")]
fn prefix(_: &dyn AnyEvent) {}

#[subscriber(topic = "clinic::visits::")]
fn prefix_with_end(_: &dyn AnyEvent) {}

#[subscriber(topic = "clinic::vis")]
fn prefix_within_a_word(_: &dyn AnyEvent) {}

#[subscriber(exact_topic = "clinic::visits")]
fn only_the_start(_: &dyn AnyEvent) {}

#[subscriber(topic = "the_weather")]
fn not_linked(_: &dyn AnyEvent) {}

#[subscriber(topic = ".*booked")]
fn matching(_: &dyn AnyEvent) {}

#[subscriber]
fn exact(_: &Booked) {}

/// The report ends with a line about the pattern, which ends with the suggestion.
fn check_unmatched(subscribers: Subscribers, pattern: &str, suggestion: &str) {
    let registry = Registry::new();
    let report = registry.scanner().subscribers(subscribers).run();
    let unmatched: Vec<_> = report.unmatched_patterns().collect();
    let [text] = unmatched[..] else {
        panic!("{pattern}: {unmatched:?}")
    };
    let start =
        format!("no linked event has a topic that matches `{pattern}` of it::topic::patterns::");
    assert!(text.starts_with(&start), "{text}");
    assert!(text.contains(suggestion), "{text}");
    assert_eq!(report.to_string().lines().last(), Some(text));
}

#[test]
fn a_scan_reports_a_pattern_that_matches_no_linked_event_with_the_nearest_topic() {
    let booked = "; did you mean `clinic::visits::booked`";
    check_unmatched(subscribers![glob], "clinic::*", booked);
    check_unmatched(subscribers![only_the_name], "booked", booked);
    check_unmatched(subscribers![misspelt], "clinic::vists::.*", booked);
    check_unmatched(subscribers![only_the_start], "clinic::visits", booked);
    check_unmatched(subscribers![not_linked], "the_weather", ")");
}

#[test]
fn a_scan_reports_a_prefix_that_is_meant_as_a_pattern_with_that_pattern() {
    let write = |pattern: &str| {
        format!("; a pattern is a regular expression for the whole topic; write `{pattern}`")
    };
    for (subscribers, pattern, remedy) in [
        (subscribers![glob], "clinic::*", "clinic::.*"),
        (subscribers![prefix], "clinic::visits", "clinic::visits::.*"),
        (
            subscribers![prefix_with_end],
            "clinic::visits::",
            "clinic::visits::.*",
        ),
        (
            subscribers![prefix_within_a_word],
            "clinic::vis",
            "clinic::vis.*",
        ),
    ] {
        check_unmatched(subscribers, pattern, &write(remedy));
    }
    // That is no prefix of a topic, or the topic is meant exactly.
    for subscribers in [
        subscribers![misspelt],
        subscribers![not_linked],
        subscribers![only_the_start],
    ] {
        let report = Registry::new().scanner().subscribers(subscribers).run();
        assert!(
            !report.to_string().contains("regular expression"),
            "{report}"
        );
    }
}

mod registered {
    pub(super) struct Invoice;
}

#[subscriber(topic = "events::db::.*::registered::Invoice::.*")]
fn of_model(_: &dyn AnyEvent) {}

#[subscriber(topic = "events::db::it::topic::patterns::registered::Invoic::created")]
fn of_misspelt_model(_: &dyn AnyEvent) {}

#[subscriber(topic = "events::db::.*::NeverRegistered::created")]
fn of_unregistered_model(_: &dyn AnyEvent) {}

#[test]
fn a_scan_knows_the_events_of_registered_models() {
    register_model::<registered::Invoice>();
    let scanner = || Registry::new().scanner();
    let report = scanner().subscribers(subscribers![of_model]).run();
    assert_eq!(report.unmatched_patterns().len(), 0, "{report}");
    check_unmatched(
        subscribers![of_misspelt_model],
        "events::db::it::topic::patterns::registered::Invoic::created",
        "; did you mean `events::db::it::topic::patterns::registered::Invoice::created`",
    );
    check_unmatched(
        subscribers![of_unregistered_model],
        "events::db::.*::NeverRegistered::created",
        "call `register_model` before the scan",
    );
}

#[test]
fn a_report_counts_patterns_apart_from_events() {
    for (subscribers, expected) in [
        (
            subscribers![matching],
            "1 subscriber of 1 pattern: 1 from it",
        ),
        (subscribers![exact], "1 subscriber of 1 event: 1 from it"),
        (
            subscribers![exact, matching],
            "2 subscribers of 1 event and 1 pattern: 2 from it",
        ),
    ] {
        let report = Registry::new().scanner().subscribers(subscribers).run();
        assert_eq!(report.summary(), expected);
        assert_eq!(report.unmatched_patterns().len(), 0, "{report}");
    }
}
