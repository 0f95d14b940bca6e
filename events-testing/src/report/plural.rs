//! Counts and lists as English text.

/// `never`, `once`, `twice`, `3 times`.
pub(crate) fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// `1 event`, `2 events`.
pub(crate) fn events(count: usize) -> String {
    match count {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    }
}

/// `a`, `a and b`, `a, b and c`; of more than five the first five and the number of the others.
pub(crate) fn list(items: &[String]) -> String {
    const MAX_SHOWN: usize = 5;
    if items.len() > MAX_SHOWN {
        let others = items.len() - MAX_SHOWN;
        return format!("{} and {others} more", items[..MAX_SHOWN].join(", "));
    }
    match items {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
