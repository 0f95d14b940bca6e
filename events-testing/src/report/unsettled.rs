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
        "the queue did not settle, with {} left in it: each event enqueues another one, or settle is called where \
         no further emit may be nested; let the chain of events end, and settle outside of the handlers",
        events(registry.queue().len())
    )
}

#[cfg(test)]
mod tests {
    use events_core::Event;

    use super::*;

    #[derive(Event)]
    struct Step;

    /// The text when `queued` events are in the queue begins and ends like this.
    fn check(queued: usize, limit: Option<Duration>, start: &str, end: &str) {
        let registry = Registry::new();
        for _ in 0..queued {
            registry.enqueue(Step).expect("there is room");
        }
        let text = unsettled_text(&registry, limit);
        assert!(
            text.starts_with(start),
            "`{start}` is not the start: {text}"
        );
        assert!(text.ends_with(end), "`{end}` is not the end: {text}");
    }

    #[test]
    fn the_text_has_the_time_limit_or_the_number_of_events() {
        let limit = Some(Duration::from_secs(60));
        let in_time = "the queue did not settle within 60 seconds; ";
        let in_async_code = "call `settle_async().await` instead";
        check(0, limit, in_time, in_async_code);
        check(2, limit, in_time, in_async_code);
        let remedy = "let the chain of events end, and settle outside of the handlers";
        for (queued, number) in [(0, "0 events"), (1, "1 event"), (2, "2 events")] {
            let start = format!("the queue did not settle, with {number} left in it: ");
            check(queued, None, &start, remedy);
        }
    }
}
