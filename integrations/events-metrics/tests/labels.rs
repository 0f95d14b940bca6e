//! What is recorded: outcomes and causes, and no more labels than the limits allow.

use std::{
    future::{Future, pending},
    task::{Context, Waker},
    time::Duration,
};

use events_core::{AnyEvent, Event, Registry, Retry, args};
use events_metrics::EventMetrics;
use metrics_exporter_prometheus::PrometheusBuilder;

#[derive(Event, Clone)]
#[event(topic = "metrics::paid")]
struct Paid;

/// The lines that a program's page has after it ran, apart from durations.
fn lines(run: impl FnOnce()) -> Vec<String> {
    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    metrics::with_local_recorder(&recorder, run);
    let page = page.render();
    let counts = page
        .lines()
        .filter(|line| line.contains("_total{") || line.contains("_count{"));
    let mut lines: Vec<_> = counts.map(str::to_owned).collect();
    lines.sort();
    lines
}

fn measured(metrics: EventMetrics) -> Registry {
    let registry = Registry::new();
    metrics.install(&registry).detach();
    registry
}

#[test]
fn outcomes_and_causes_are_counted() {
    let found = lines(|| {
        let registry = measured(EventMetrics::new());
        let on = |id: &'static str| {
            registry
                .subscribe(move |_: &Paid| match id {
                    "error" => Err("refused"),
                    "panic" => panic!("lost"),
                    _ => Ok(()),
                })
                .id(id)
        };
        on("ran").register().expect("registered").detach();
        on("error").register().expect("registered").detach();
        on("panic").register().expect("registered").detach();
        on("skipped")
            .when(|_| false)
            .register()
            .expect("registered")
            .detach();
        registry
            .subscribe_async(async |_: &Paid| ())
            .id("async")
            .register()
            .expect("registered")
            .detach();
        smol::block_on(registry.emit_async(Paid));
        let _ = registry.queue().shutdown(Duration::ZERO);
        registry.emit(Paid);
    });
    let line = |name: &str, subscriber: &str, label: &str, count: u32| {
        let label = if label.is_empty() {
            String::new()
        } else {
            format!(",{label}")
        };
        format!(r#"{name}{{topic="metrics::paid",subscriber="{subscriber}"{label}}} {count}"#)
    };
    let mut expected = vec![
        line("events_calls_total", "ran", r#"outcome="ran""#, 2),
        line("events_calls_total", "error", r#"outcome="failed""#, 2),
        line("events_calls_total", "panic", r#"outcome="failed""#, 2),
        line("events_calls_total", "skipped", r#"outcome="skipped""#, 2),
        line("events_calls_total", "async", r#"outcome="ran""#, 1),
        line("events_failures_total", "error", r#"cause="error""#, 2),
        line("events_failures_total", "panic", r#"cause="panic""#, 2),
        line(
            "events_failures_total",
            "async",
            r#"cause="not_reached""#,
            1,
        ),
        line("events_call_seconds_count", "ran", "", 2),
        line("events_call_seconds_count", "error", "", 2),
        line("events_call_seconds_count", "panic", "", 2),
        line("events_call_seconds_count", "async", "", 1),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

/// The labels of calls that are tried again, put off or cut off, each with its count.
#[test]
fn attempts_and_calls_without_an_end_have_outcomes_of_their_own() {
    let found = lines(|| {
        let registry = measured(EventMetrics::new());
        let at_once = Retry::exponential(Duration::from_nanos(1), Duration::from_nanos(1));
        let pending = || registry.subscribe_async(async |_: &Paid| pending::<()>().await);
        let timeout = pending().id("timeout").timeout(Duration::from_nanos(1));
        timeout
            .deferred()
            .retry(at_once.max_retries(1))
            .register()
            .expect("registered")
            .detach();
        let debounced = registry.subscribe_deferred(|_: &Paid| ()).id("debounced");
        debounced
            .debounce(Duration::from_nanos(1))
            .register()
            .expect("registered")
            .detach();
        registry.emit(Paid);
        while registry.queue().len() + registry.queue().scheduled() > 0 {
            registry.queue().flush();
        }
        pending()
            .id("cut off")
            .register()
            .expect("registered")
            .detach();
        let mut emit = Box::pin(registry.emit_async(Paid));
        let polled = emit.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    });
    let calls = [
        ("cut off", "cut_off"),
        ("debounced", "deferred"),
        ("debounced", "ran"),
        ("timeout", "failed"),
        ("timeout", "retrying"),
    ];
    let calls = calls.map(|(subscriber, outcome)| {
        format!(r#"events_calls_total{{topic="metrics::paid",subscriber="{subscriber}",outcome="{outcome}"}} 1"#)
    });
    let is_call = |line: &&String| line.starts_with("events_calls_total");
    assert_eq!(
        found.iter().filter(is_call).collect::<Vec<_>>(),
        calls.iter().collect::<Vec<_>>()
    );
    let timeouts =
        r#"events_failures_total{topic="metrics::paid",subscriber="timeout",cause="timeout"} 2"#;
    assert!(found.iter().any(|line| line == timeouts), "{found:?}");
}

#[test]
fn the_labels_are_bounded() {
    let found = lines(|| {
        let registry = measured(EventMetrics::new().max_topics(2).max_subscribers(1));
        for id in ["first", "second"] {
            registry
                .subscribe_topic("user::.*", |_: &dyn AnyEvent| ())
                .expect("a pattern")
                .id(id)
                .register()
                .expect("registered")
                .detach();
        }
        for user in 0..1000 {
            registry.emit_topic(format!("user::{user}"), args! {});
        }
    });
    let calls: Vec<_> = found
        .iter()
        .filter(|line| line.starts_with("events_calls"))
        .collect();
    assert_eq!(calls.len(), 6, "{calls:?}");
    let others = r#"events_calls_total{topic="other",subscriber="other",outcome="ran"} 998"#;
    assert!(calls.iter().any(|line| *line == others));
}

#[test]
fn dropping_the_guard_ends_the_measurement() {
    let found = lines(|| {
        let registry = Registry::new();
        registry.on(|_: &Paid| ()).detach();
        let installed = EventMetrics::new().install(&registry);
        drop(installed);
        registry.emit(Paid);
    });
    assert_eq!(found, [""; 0]);
}
