//! "Did you mean": topics and names that look like what was written.

use crate::state::{mock_state::State, rule::Subject};

/// From 0, nothing in common, to 1, the same.
const ENOUGH: f64 = 0.6;

/// So many are told.
const TOLD: usize = 2;

/// Emitted topics that look like the one that is missed.
pub(crate) fn topics(state: &State, subject: &Subject) -> Vec<String> {
    let seen = state.seen.iter().filter(|seen| seen.counts());
    let seen = seen.map(|seen| seen.topic.as_str());
    match subject {
        // One that was emitted and was not meant has the same topic: that is told elsewhere.
        Subject::Event { topic, .. } => closest(topic, seen.filter(|seen| seen != topic)),
        Subject::Topic(pattern) => {
            // What is special in a regular expression stands in no topic.
            let text = pattern.text().replace(".*", "");
            let text = text.replace(['\\', '*', '+', '?', '(', ')'], "");
            closest(text.trim_end_matches([':', '.']), seen)
        }
    }
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

/// Whether the whole is alike, or the end, for a type may have moved to another module, or the beginning,
/// for a pattern may leave the end open.
fn similarity(wanted: &str, name: &str) -> f64 {
    let alike = strsim::normalized_damerau_levenshtein;
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split(['.', ':']).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (wanted_parts, name_parts) = (parts(wanted), parts(name));
    let end = match (wanted_parts.last(), name_parts.last()) {
        (Some(wanted), Some(name)) => alike(wanted, name),
        _ => 0.0,
    };
    let begins = &name_parts[..wanted_parts.len().min(name_parts.len())];
    let beginning = alike(&wanted_parts.join(":"), &begins.join(":"));
    alike(wanted, name).max(end).max(beginning)
}
