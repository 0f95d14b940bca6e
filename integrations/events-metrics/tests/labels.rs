//! What is recorded: outcomes and causes, and no more labels than the limits allow.

use events_core::{AnyEvent, Event, Registry, args};
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
        let _ = registry.queue().shutdown(std::time::Duration::ZERO);
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
