//! "Did you mean": topics and names that look like what was written.

use crate::{rule::Subject, shared::State};

/// From 0, nothing in common, to 1, the same.
const ENOUGH: f64 = 0.6;

/// So many are told.
const TOLD: usize = 2;

/// Emitted topics that look like the one that is missed.
pub(crate) fn topics(state: &State, subject: &Subject) -> Vec<String> {
    let wanted = match subject {
        Subject::Event { topic, .. } => (*topic).to_owned(),
        // What is special in a regular expression stands in no topic.
        Subject::Topic(pattern) => pattern.text().replace(['\\', '*', '+', '?', '(', ')'], ""),
    };
    let seen = state.seen.iter().filter(|seen| seen.counts());
    let seen = seen.map(|seen| seen.topic.as_str());
    // One that was emitted and was not meant has the same topic: that is told elsewhere.
    closest(&wanted, seen.filter(|topic| *topic != wanted))
}

/// The names that look like this one, the most similar first.
pub(crate) fn closest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut similar: Vec<(f64, &str)> = names
        .map(|name| (similarity(wanted, name), name))
        .filter(|(similarity, _)| *similarity >= ENOUGH)
        .collect();
    similar.sort_by(|(one, name), (other, other_name)| {
        other.total_cmp(one).then(name.cmp(other_name))
    });
    similar.dedup_by_key(|(_, name)| *name);
    similar
        .iter()
        .take(TOLD)
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

/// Whether the whole or the last part is alike: a type may have moved to another module.
fn similarity(one: &str, other: &str) -> f64 {
    let last = |path: &str| path.rsplit(['.', ':']).next().unwrap_or(path).to_owned();
    let whole = strsim::normalized_damerau_levenshtein(one, other);
    let end = strsim::normalized_damerau_levenshtein(&last(one), &last(other));
    whole.max(end)
}
