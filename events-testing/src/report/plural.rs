//! Numbers and lists in a text.

/// `once`, `twice`, `3 times`.
pub(crate) fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// `a`, `a and b`, `a, b and c`; of many the first five, and how many others.
pub(crate) fn list(things: &[String]) -> String {
    const SHOWN: usize = 5;
    if things.len() > SHOWN {
        let others = things.len() - SHOWN;
        return format!("{} and {others} more", things[..SHOWN].join(", "));
    }
    match things {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
