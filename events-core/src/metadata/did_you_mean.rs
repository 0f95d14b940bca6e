//! "Did you mean": the topics and names that are similar to a missing one.
//!
//! The names are paths. Two paths are similar if their *ends* are: the names of the type or function. The path
//! before it, with the crate first, is the same for many names, and would make all of them similar. It only
//! decides between ends that are equally similar. A pattern may leave the end open, so it is compared with as many
//! parts from the start as it has, the end of which must be similar as well.

use std::collections::HashSet;

use crate::primitives::one_line;

/// The least similarity of a suggestion's end, between 0 (nothing in common) and 1 (equal).
const MIN_SIMILARITY: f64 = 0.6;

/// The least similarity if the path before the end is equal.
const MIN_SIMILARITY_IN_MODULE: f64 = 0.5;

/// The most names that one text suggests.
const MAX_SUGGESTIONS: usize = 2;

/// The most names that are compared.
const MAX_COMPARED: usize = 1000;

/// The longest name that is compared, in bytes: a comparison takes time in proportion to the square.
const MAX_LENGTH: usize = 300;

/// ``did you mean `a` or `b`?`` with the names that are most similar to the missing one, or `None` when no
/// name is similar.
pub fn suggest<'n>(missing: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    suggest_similar(missing, names, similarity)
}

/// [`suggest`] for a pattern of topics, which is written as a regular expression.
pub fn suggest_topics<'n>(pattern: &str, topics: impl Iterator<Item = &'n str>) -> Option<String> {
    // The special characters of a regular expression occur in no topic.
    let is_open = pattern.ends_with(['*', '+']);
    let text = pattern.replace(".*", "").replace(".+", "");
    let text = text.replace(['\\', '*', '+', '?', '(', ')'], "");
    let text = text.trim_end_matches([':', '.']);
    suggest_similar(text, topics, |missing, name| {
        let name = if is_open || name.starts_with(missing) {
            start_of(name, parts(missing).count())
        } else {
            name
        };
        similarity(missing, name)
    })
}

/// Whether the ends of two paths, which name types or functions, are similar.
pub(crate) fn is_similar(one: &str, other: &str) -> bool {
    one.len() <= MAX_LENGTH && other.len() <= MAX_LENGTH && similarity(one, other).0 > 0.0
}

/// How similar two paths are: by their ends, 0 if these are not similar enough; and then by the whole paths.
type Similarity = (f64, f64);

/// [`suggest`] with this similarity, which is computed once for each different name.
fn suggest_similar<'n>(
    missing: &str,
    names: impl Iterator<Item = &'n str>,
    mut similarity: impl FnMut(&str, &str) -> Similarity,
) -> Option<String> {
    if missing.len() > MAX_LENGTH {
        return None;
    }
    let mut compared = HashSet::new();
    let mut similar: Vec<(Similarity, &str)> = names
        .filter(|name| name.len() <= MAX_LENGTH && compared.insert(*name))
        .take(MAX_COMPARED)
        .map(|name| (similarity(missing, name), name))
        .filter(|((end, _), _)| *end > 0.0)
        .collect();
    similar.sort_by(|((end, whole), name), ((other_end, other_whole), other)| {
        let by_end = other_end.total_cmp(end);
        let by_whole = other_whole.total_cmp(whole);
        by_end.then(by_whole).then(name.cmp(other))
    });
    let suggestions = similar.iter().take(MAX_SUGGESTIONS);
    let suggestions: Vec<_> = suggestions
        .map(|(_, name)| format!("`{}`", one_line(name)))
        .collect();
    (!suggestions.is_empty()).then(|| format!("did you mean {}?", suggestions.join(" or ")))
}

fn similarity(missing: &str, name: &str) -> Similarity {
    let compare = strsim::normalized_damerau_levenshtein;
    let (Some(missing_end), Some(name_end)) = (parts(missing).next_back(), parts(name).next_back())
    else {
        return (0.0, 0.0);
    };
    let end = compare(missing_end, name_end);
    let module = |path: &str, end: &str| path.strip_suffix(end).map(str::to_owned);
    let is_in_module = module(missing, missing_end) == module(name, name_end);
    let least = if is_in_module {
        MIN_SIMILARITY_IN_MODULE
    } else {
        MIN_SIMILARITY
    };
    let end = if end >= least { end } else { 0.0 };
    (end, compare(missing, name))
}

/// The parts of a path or topic.
fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let parts = path.split(['.', ':']);
    parts.filter(|part| !part.is_empty())
}

/// The first parts of a path, at most this many.
fn start_of(path: &str, count: usize) -> &str {
    let Some(after) = parts(path).nth(count) else {
        return path;
    };
    // The next part is a slice of the path.
    let end = after.as_ptr().addr() - path.as_ptr().addr();
    path[..end].trim_end_matches(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::{MAX_COMPARED, Similarity, start_of, suggest_similar};

    /// How often names are compared.
    fn comparisons(names: &[String]) -> usize {
        let mut count = 0;
        let counts = |_: &str, _: &str| -> Similarity {
            count += 1;
            (0.0, 0.0)
        };
        suggest_similar("a", names.iter().map(String::as_str), counts);
        count
    }

    #[test]
    fn each_topic_is_compared_once_and_not_more_than_a_limit() {
        let equal = |count| vec!["b".to_owned(); count];
        let different = |count| (0..count).map(|n| format!("b{n}")).collect::<Vec<_>>();
        for (names, expected) in [
            (equal(1), 1),
            (equal(40_000), 1),
            (different(2), 2),
            (different(40_000), MAX_COMPARED),
            (vec!["b".repeat(100_000); 2], 0),
        ] {
            assert_eq!(comparisons(&names), expected);
        }
    }

    #[test]
    fn the_start_of_a_path() {
        for (path, count, start) in [
            ("mail::sent", 1, "mail"),
            ("mail::sent", 2, "mail::sent"),
            ("mail::sent", 3, "mail::sent"),
            ("::mail.sent:now", 2, "::mail.sent"),
            ("", 1, ""),
        ] {
            assert_eq!(start_of(path, count), start, "{path} {count}");
        }
    }
}
