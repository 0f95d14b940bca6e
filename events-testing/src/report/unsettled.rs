//! The text of a queue that did not settle: the reason, and the remedy.

use std::time::Duration;

use events_core::{__testing, Registry};

use super::plural::events;

/// Why the queue is not settled, and the remedy. `limit`: the time limit, if it has passed.
pub(crate) fn unsettled_text(registry: &Registry, limit: Option<Duration>) -> String {
    if __testing::is_in_job_of(registry) {
        return "the queue cannot settle inside a handler that it runs, because that handler is in \
                progress; settle in the code of the test"
            .to_owned();
    }
    if let Some(limit) = limit {
        return format!(
            "the queue did not settle within {} seconds; look for a handler that does not return, and \
             in async code call `settle_async().await` instead",
            limit.as_secs()
        );
    }
    format!(
        "the queue did not settle, with {} left in it: each event enqueues another one; let the chain of \
         events end",
        events(registry.queue().len())
    )
}

#[cfg(test)]
mod tests {
    use events_core::Event;

    use super::*;

    #[derive(Event)]
    struct Step;

    #[test]
    fn the_text_has_the_time_limit_or_the_number_of_events() {
        let registry = Registry::new();
        let limit = Duration::from_secs(60);
        for count in [0, 1, 2] {
            let text = unsettled_text(&registry, Some(limit));
            assert!(text.starts_with("the queue did not settle within 60 seconds; "));
            assert!(
                text.ends_with("call `settle_async().await` instead"),
                "{text}"
            );
            let text = unsettled_text(&registry, None);
            let number = ["0 events", "1 event", "2 events"][count];
            let start = format!("the queue did not settle, with {number} left in it: ");
            assert!(text.starts_with(&start), "{text}");
            registry.enqueue(Step).expect("there is room");
        }
    }
}
