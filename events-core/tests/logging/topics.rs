//! A topic that was set at run time is on one line of a record, and cut.

use std::task::{Context, Waker};

use events_core::{AnyEvent, EventCopy, Registry, args};

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
