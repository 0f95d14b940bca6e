//! Shows the text that Prometheus reads. The durations are left out: they differ in each run.
//!
//! ```text
//! cargo run -p events-metrics --example prometheus
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use events_core::{Event, Registry, args};
use events_metrics::{EventMetrics, record_queue};
use metrics_exporter_prometheus::PrometheusBuilder;

#[derive(Event, Clone)]
#[event(topic = "orders.placed")]
struct OrderPlaced {
    cents: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.01, 0.1, 1.0])?
        .install_recorder()?;

    let registry = Registry::new();
    EventMetrics::new()
        .max_topics(3)
        .install(&registry)
        .detach();
    registry
        .subscribe(|_: &OrderPlaced| ())
        .id("reserve")
        .register()?
        .detach();
    registry
        .subscribe(|order: &OrderPlaced| match order.cents {
            ..5000 => Ok(()),
            _ => Err("card refused"),
        })
        .id("charge")
        .register()?
        .detach();
    registry
        .subscribe_deferred(|_: &OrderPlaced| ())
        .id("send_receipt")
        .register()?
        .detach();
    registry
        .subscribe_topic("plugin::.*", |_: &dyn events_core::AnyEvent| ())?
        .id("audit")
        .register()?
        .detach();

    for cents in [500, 4200, 9900] {
        registry.emit(OrderPlaced { cents });
    }
    registry.queue().flush();
    // Topics that are user data: the first ones have a label of their own.
    for user in 1..=5 {
        registry.emit_topic(format!("plugin::user_{user}"), args! {});
    }

    // One more order, whose receipt waits in the queue. The values of the queue are recorded before the page is rendered.
    registry.emit(OrderPlaced { cents: 700 });
    record_queue(&registry);
    let page = page.render();
    registry.queue().flush();
    let mut lines: Vec<_> = page
        .lines()
        .filter(|line| {
            line.starts_with("events_") && !line.contains("_sum") && !line.contains("le=\"")
        })
        .collect();
    lines.sort_unstable();
    println!("{}", lines.join("\n"));
    Ok(())
}
