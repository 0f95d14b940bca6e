//! A topic that was set at run time is on one line of a record, and cut.

use events_core::{AnyEvent, Registry, args};

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
