//! Three handlers that sleep: they do so beside one another.

use std::time::{Duration, Instant};

use events_core::{Event, Registry};

/// How long each sleeps.
pub const NAP: Duration = Duration::from_millis(50);

#[derive(Event, Clone)]
struct Slept;

async fn sleep(_: &Slept) {
    tokio::time::sleep(NAP).await;
}

/// How long an emit takes that waits for all three.
///
/// # Errors
///
/// When there is no runtime.
///
/// # Panics
///
/// When not all ran.
pub fn three() -> std::io::Result<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let registry = Registry::new();
    for _ in 0..3 {
        registry.on_async(sleep).detach();
    }
    let start = Instant::now();
    let emitted = runtime.block_on(registry.try_emit_async(Slept));
    let time = start.elapsed();
    assert_eq!(emitted.expect("none fails").ran(), 3);
    Ok(time)
}
