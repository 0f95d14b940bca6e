//! Three async handlers that sleep: `emit_async` must run them concurrently.

use std::time::{Duration, Instant};

use events_core::{Event, Registry};

/// The time that each handler sleeps.
const SLEEP: Duration = Duration::from_millis(50);

#[derive(Event, Clone)]
struct Started;

async fn sleep(_: &Started) {
    tokio::time::sleep(SLEEP).await;
}

/// The time of an emit that awaits all three handlers.
///
/// # Errors
///
/// When no tokio runtime can be built.
///
/// # Panics
///
/// When not all handlers run.
pub fn emit_to_three() -> std::io::Result<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let registry = Registry::new();
    for _ in 0..3 {
        registry.on_async(sleep).detach();
    }
    let start = Instant::now();
    let emitted = runtime.block_on(registry.try_emit_async(Started));
    let time = start.elapsed();
    assert_eq!(emitted.expect("no handler fails").ran(), 3);
    Ok(time)
}
