//! "Did you mean": the topics and names that are similar to a missing one.

use events_core::__testing::one_line;

use crate::state::{mock_state::MockData, rule::EventSelector};

/// The least similarity of a suggestion, between 0 (nothing in common) and 1 (equal).
const MIN_SIMILARITY: f64 = 0.6;

/// The length in bytes up to which a name is compared, which takes time and memory for each pair of letters.
const MAX_COMPARED: usize = 1000;

/// The most names that one text suggests.
const MAX_SUGGESTIONS: usize = 2;

/// Suggests emitted topics that are similar to the selected one.
pub(crate) fn suggest_topics(data: &MockData, selector: &EventSelector) -> Option<String> {
    let topics = data.counted_events().map(|event| event.topic.as_str());
    match selector {
        // An emitted event of the same topic appears in the report already.
        EventSelector::Type { topic, .. } => suggest(topic, topics.filter(|other| other != topic)),
        EventSelector::Topic(pattern) => {
            // The special characters of a regular expression occur in no topic.
            let text = pattern.text().replace(".*", "");
            let text = text.replace(['\\', '*', '+', '?', '(', ')'], "");
            suggest(text.trim_end_matches([':', '.']), topics)
        }
    }
}

/// ``did you mean `a` or `b`?`` with the names that are most similar to the missing one, or `None` when no
/// name is similar.
pub(crate) fn suggest<'n>(missing: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let mut similar: Vec<(f64, &str)> = names
        .filter(|name| name.len() <= MAX_COMPARED)
        .map(|name| (similarity(missing, name), name))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .collect();
    similar.sort_by(|(one, name), (other, other_name)| {
        other.total_cmp(one).then(name.cmp(other_name))
    });
    similar.dedup_by_key(|(_, name)| *name);
    let suggestions = similar.iter().take(MAX_SUGGESTIONS);
    let suggestions: Vec<_> = suggestions
        .map(|(_, name)| format!("`{}`", one_line(name)))
        .collect();
    (!suggestions.is_empty()).then(|| format!("did you mean {}?", suggestions.join(" or ")))
}

/// The greatest of three similarities: of the whole names; of their last parts, because a type may be in
/// another module; of their first parts, because a pattern may leave the end open.
fn similarity(missing: &str, name: &str) -> f64 {
    let compare = strsim::normalized_damerau_levenshtein;
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split(['.', ':']).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (missing_parts, name_parts) = (parts(missing), parts(name));
    let end = match (missing_parts.last(), name_parts.last()) {
        (Some(missing), Some(name)) => compare(missing, name),
        _ => 0.0,
    };
    let first_parts = &name_parts[..missing_parts.len().min(name_parts.len())];
    let start = compare(&missing_parts.join(":"), &first_parts.join(":"));
    compare(missing, name).max(end).max(start)
}
