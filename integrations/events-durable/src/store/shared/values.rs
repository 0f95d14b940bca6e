//! Values as the databases have them. A list is one parameter, a JSON array, which both read.

use std::time::Duration;

use serde_json::json;

use crate::store::deliver::Claim;

/// Each as `[subscriber, seq, fence]`.
pub(in crate::store) fn claims(claims: &[&Claim]) -> String {
    let all: Vec<_> = claims
        .iter()
        .map(|claim| json!([claim.subscriber, claim.event.seq, claim.fence]))
        .collect();
    json!(all).to_string()
}

/// Texts or numbers.
pub(in crate::store) fn list<T: Into<serde_json::Value> + Clone>(all: &[T]) -> String {
    json!(
        all.iter()
            .cloned()
            .map(Into::into)
            .collect::<Vec<serde_json::Value>>()
    )
    .to_string()
}

/// Binds the columns of an event to a statement that stores it: the parameters 1 to 10.
macro_rules! bind_event {
    ($query:expr, $event:expr) => {
        $query
            .bind(&$event.id)
            .bind(&$event.topic)
            .bind(&$event.key)
            .bind($event.version)
            .bind($event.time)
            .bind($event.due)
            .bind(&$event.trace)
            .bind(&$event.parent)
            .bind(&$event.codec)
            .bind(&$event.data)
    };
}
pub(in crate::store) use bind_event;

/// A duration as the database has it.
pub(in crate::store) fn millis(duration: Duration) -> i64 {
    // A century is enough, and leaves room to add it to a time.
    const MOST: i64 = 100 * 366 * 24 * 60 * 60 * 1000;
    i64::try_from(duration.as_millis()).map_or(MOST, |millis| millis.min(MOST))
}

/// A count of attempts as the database has it.
pub(in crate::store) fn count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// What is written of the text of an error.
pub(in crate::store) fn cut_off(error: &str) -> &str {
    const MOST: usize = 2000;
    let end = error
        .char_indices()
        .nth(MOST)
        .map_or(error.len(), |(at, _)| at);
    &error[..end]
}
