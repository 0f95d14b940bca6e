//! A topic that was set at run time is on one line of a record, and cut.

use std::{
    task::{Context, Waker},
    time::Duration,
};

use events_core::{__testing::TestTime, AnyEvent, EventCopy, Registry, args};

use crate::logged;

#[test]
fn a_topic_is_logged_on_one_line_and_cut() {
    let long = "long".repeat(25_000);
    for topic in ["mail\n\u{1b}[31mINFO", &long] {
        let log = logged(tracing::Level::TRACE, || {
            let registry = Registry::new();
            registry.set_unheard_hook(|_| panic!("the hook"));
            registry.emit_topic_from(topic, args! {}, topic.to_owned());
            let fails = |_: &dyn AnyEvent| Err::<(), _>("no");
            let subscription = registry.on_topic("(?s).*", fails);
            subscription.expect("it is a pattern").detach();
            registry.emit_topic(topic, args! {});
            smol::block_on(registry.emit_topic_async(topic, args! {}));
            registry
                .enqueue_topic(topic, args! {})
                .expect("there is room");
            registry.queue().flush();
        });
        let shown = if topic == long { "longlong" } else { "mail" };
        let records = log.iter().filter(|line| line.contains(shown));
        assert!(records.count() >= 8, "{log:#?}");
        for line in &log {
            assert!(line.len() < 2000, "{} bytes", line.len());
            assert!(!line.contains('\u{1b}'), "{line:?}");
            assert!(!line.starts_with("[31m"), "{line:?}");
        }
    }
}

#[test]
fn an_emit_by_topic_that_is_dropped_is_logged_with_its_topic() {
    let log = logged(tracing::Level::WARN, || {
        let registry = Registry::new();
        let waits = async |_: &EventCopy| std::future::pending::<()>().await;
        let subscription = registry.on_topic_async("mail::.*", waits);
        subscription.expect("it is a pattern").detach();
        let mut emit = Box::pin(registry.emit_topic_async("mail::sent", args! {}));
        let polled = emit.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    });
    let [record] = log.as_slice() else {
        panic!("{log:#?}")
    };
    assert!(record.contains("dropped before its end"), "{record}");
    assert!(record.contains("mail::sent"), "{record}");
}

#[test]
fn a_record_of_queued_events_lists_the_first_topics_and_counts_the_others() {
    let log = logged(tracing::Level::WARN, || {
        let registry = Registry::new();
        for number in 0..50_000 {
            let topic = format!("job::{number}");
            let queued = registry.enqueue_topic(topic, args! {});
            queued.expect("there is room");
        }
        let queued = registry.enqueue_topic("job::0", args! {});
        queued.expect("there is room");
    });
    let dropped = |line: &&String| line.contains("a registry is dropped");
    let record = log.iter().find(dropped).expect("a record");
    assert!(record.contains("events=50001 topics=job::0 (x2), job::1 (x1), "));
    let others = "job::31 (x1), 49968 other topics (x49968)";
    assert!(record.ends_with(others), "{} bytes", record.len());
}

/// Not with the pattern of the subscriber; and with the attempt, if there was more than one.
#[test]
fn a_failure_is_logged_with_the_topic_of_its_event_and_its_attempt() {
    let log = logged(tracing::Level::WARN, || {
        let registry = Registry::new();
        let fails = async |_: &EventCopy| Err::<(), _>("no");
        let new = registry
            .subscribe_topic_async("mail::.*", fails)
            .expect("it is a pattern");
        new.retry(1).register().expect("it is valid").detach();
        let time = TestTime::stop(&registry);
        registry.emit_topic("mail::sent", args! {});
        registry.queue().flush();
        time.jump(Duration::from_secs(60));
        registry.queue().flush();
        // That of the retry cannot be scheduled.
        registry.queue().set_schedule_capacity(0);
        registry.emit_topic("mail::sent", args! {});
        registry.queue().flush();
    });
    let [retried, last, not_repeated, first] = log.as_slice() else {
        panic!("{log:#?}")
    };
    for record in &log {
        assert!(record.contains("topic=\"mail::sent\""), "{record}");
    }
    assert!(
        retried.starts_with("WARN") && retried.contains(" attempt=1 "),
        "{retried}"
    );
    assert!(
        last.starts_with("ERROR") && last.contains(" attempt=2"),
        "{last}"
    );
    assert!(not_repeated.starts_with("WARN"), "{not_repeated}");
    assert!(
        first.starts_with("ERROR") && !first.contains(" attempt="),
        "{first}"
    );
}

#[test]
fn a_scheduled_call_that_is_given_up_is_logged_with_its_subscriber() {
    let log = logged(tracing::Level::DEBUG, || {
        let registry = Registry::new();
        let fails = async |_: &EventCopy| Err::<(), _>("no");
        let new = registry
            .subscribe_topic_async("mail::.*", fails)
            .expect("it is a pattern");
        let subscription = new.id("archive").retry(1).register().expect("it is valid");
        registry.emit_topic("mail::sent", args! {});
        registry.queue().flush();
        drop(subscription);
    });
    let record = log.last().expect("it is given up");
    let expected = "a scheduled call of a subscriber was given up: the subscriber was unsubscribed \
                    topic=\"mail::sent\" subscriber=\"archive (";
    assert!(record.contains(expected), "{record}");
    assert!(record.ends_with("attempt=2"), "{record}");
}
