//! The texts about subscribers that fail: the failures that a test does not expect, and expected ones that are
//! missing.

use std::fmt::Write as _;

use events_core::__testing::{is_outside_tokio, one_line};

use super::{
    explanation::Circumstances,
    plural::{indent, times},
};
use crate::evidence::failures::{FailureRule, Failures, SubscriberFailure};

/// The most failures that are listed.
const MAX_LISTED: usize = 10;

/// The text of the failures that the test does not expect, or `None` when there are none.
pub(super) fn unexpected(failures: &Failures, circumstances: &Circumstances<'_>) -> Option<String> {
    let unexpected: Vec<_> = failures.unexpected().collect();
    let count: usize = unexpected.iter().map(|(_, count)| count).sum();
    let mut text = match count {
        0 => return None,
        1 => "a subscriber failed, and the test does not expect it\n".to_owned(),
        count => format!("{count} failures of subscribers are not expected\n"),
    };
    for (failure, count) in unexpected.iter().take(MAX_LISTED) {
        let _ = write!(text, "\n{}\n", indent(&failure_text(failure, *count), "  "));
    }
    if unexpected.len() > MAX_LISTED {
        let _ = write!(text, "\n  and {} more\n", unexpected.len() - MAX_LISTED);
    }
    if unexpected
        .iter()
        .any(|(failure, _)| is_outside_tokio(&failure.cause))
        && let Some(remedy) = circumstances.needs_runtime()
    {
        let _ = write!(text, "\n{remedy}\n");
    }
    text.push_str(
        "\nmend what fails, or write `events.expect_failure()` before the code if the test is about it",
    );
    Some(text)
}

fn failure_text(failure: &SubscriberFailure, count: usize) -> String {
    let SubscriberFailure {
        subscriber,
        location,
        topic,
        cause,
    } = failure;
    let repeated = match count {
        1 => String::new(),
        count => format!(", {}", times(count)),
    };
    format!(
        "{subscriber} ({location}) {cause}\nwith `{}`{repeated}",
        one_line(topic)
    )
}

/// The texts of expected failures that are missing, or occurred in another count.
pub(super) fn missed(failures: &Failures) -> Vec<String> {
    let missed = failures.missed();
    let texts = missed.map(|(rule, count)| {
        let reason = match count {
            0 => "it did not fail".to_owned(),
            count => format!("it failed {}", times(count)),
        };
        format!(
            "expected {}\nat {}\n- {reason}",
            rule_text(rule),
            rule.location
        )
    });
    texts.collect()
}

fn rule_text(rule: &FailureRule) -> String {
    let mut text = match &rule.subscriber {
        Some(subscriber) => format!("a failure of `{subscriber}`"),
        None => "a failure of a subscriber".to_owned(),
    };
    match rule.times {
        Some(count) => _ = write!(text, " exactly {}", times(count)),
        None => text.push_str(" at least once"),
    }
    if let Some(part) = &rule.text {
        let _ = write!(text, ", whose text contains `{part}`");
    }
    text
}
