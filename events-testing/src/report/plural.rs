//! Counts and lists as English text, and the lines of a text.

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

/// `an expectation does not hold`, `1 of 3 expectations does not hold`, `2 of 3 expectations do not hold`.
pub(crate) fn failed_expectations(failed: usize, all: usize) -> String {
    let verb = if failed == 1 { "does" } else { "do" };
    match all {
        1 => format!("an expectation {verb} not hold"),
        all => format!("{failed} of {all} expectations {verb} not hold"),
    }
}

/// `a`, `a and b`, `a, b and c`; of more than five the first five and the number of the others.
/// `text` is called only for the items that are shown.
pub(crate) fn list<T>(items: &[T], mut text: impl FnMut(&T) -> String) -> String {
    const MAX_SHOWN: usize = 5;
    let shown: Vec<_> = items.iter().take(MAX_SHOWN).map(&mut text).collect();
    if items.len() > MAX_SHOWN {
        let others = items.len() - MAX_SHOWN;
        return format!("{} and {others} more", shown.join(", "));
    }
    match &shown[..] {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Each reason as a line that begins with a dash.
pub(crate) fn lines(reasons: &[String]) -> String {
    let lines = reasons.iter().map(|reason| format!("\n- {reason}"));
    lines.collect()
}

/// The text with this before each line.
pub(crate) fn indent(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| format!("{by}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}
