//! The table of bounds.

use bench_report::bounds::{self, Bound};

use super::{HANDLERS, SIZES, figures::Figures};

/// The bytes that a queue needs for an event, apart from the event itself.
const ENTRY: u64 = 4;

/// The permitted factor above that, for the queue itself.
const OVERHEAD: f64 = 1.1;

pub(super) fn table(figures: &Figures) -> String {
    bounds::table(&bounds(figures))
}

fn bounds(figures: &Figures) -> Vec<Bound> {
    let at = |series, size| figures.times.at(series, size);
    let mut bounds = vec![
        Bound::at_most_times(
            "`emit_async`, 4 ready handlers",
            "`join_all`",
            at("emit_async", 4),
            at("join_all", 4),
            0.5,
        ),
        Bound::at_most_times(
            "`emit_async`, a handler of 64",
            "one of 16",
            at("emit_async", 64) / 64.0,
            at("emit_async", 16) / 16.0,
            1.3,
        ),
        Bound::at_most_times(
            "`emit_async`, 4 awaited handlers that are ready",
            "boxed futures",
            at("emit_async, in place", 4),
            at("boxed, in place", 4),
            1.2,
        ),
        allocations(figures, "ready handlers", "emit_async"),
        allocations(figures, "ready awaited handlers", "emit_async, in place"),
        sleep(figures),
    ];
    for (what, ours, channel, bound) in [
        ("one thread", "queue", "channel", 1.0),
        (
            "one thread, own registry",
            "queue, own registry",
            "channel",
            1.0,
        ),
        ("two threads", "worker", "receiver", 0.5),
        (
            "two threads, own registry",
            "worker, own registry",
            "receiver",
            0.5,
        ),
    ] {
        for size in SIZES {
            let case = format!("queue, {what}, {size} bytes");
            let (ours, channel) = (at(ours, size), at(channel, size));
            bounds.push(Bound::at_most_times(
                &case,
                "crossbeam-channel",
                ours,
                channel,
                bound,
            ));
        }
    }
    for (fills, buffers, capacity) in [
        ("once", 1, 1_024),
        ("once", 1, 65_536),
        ("twice", 2, 65_536),
    ] {
        bounds.extend(SIZES.map(|size| memory(figures, fills, buffers, size, capacity)));
    }
    bounds
}

fn allocations(figures: &Figures, handlers: &str, series: &str) -> Bound {
    let counts = HANDLERS.map(|n| figures.memory(&format!("allocations {series}/{n}")));
    Bound {
        case: format!("`emit_async`, {handlers}"),
        bound: "no allocation".to_owned(),
        measured: format!("{counts:.0?} with {HANDLERS:?} handlers"),
        holds: counts == [0.0; HANDLERS.len()],
    }
}

fn sleep(figures: &Figures) -> Bound {
    let milliseconds = figures.sleep.as_secs_f64() * 1e3;
    Bound {
        case: "`emit_async`, 3 handlers that sleep 50 ms".to_owned(),
        bound: "70 ms".to_owned(),
        measured: format!("{milliseconds:.1} ms"),
        holds: milliseconds < 70.0,
    }
}

/// The memory of a queue after it was full once or twice. Its two buffers, one for producers and one
/// for consumers, keep their capacity, so that twice as much is allocated after the second time.
fn memory(figures: &Figures, fills: &str, buffers: u64, size: u64, capacity: u64) -> Bound {
    let bytes = figures.memory(&format!("full {fills} {size}/{capacity}"));
    let bound = buffers * (size + ENTRY);
    Bound {
        case: format!("memory of {capacity} events of {size} bytes, queue full {fills}"),
        bound: format!("{bound} bytes an event, and a tenth"),
        measured: format!("{bytes:.1} bytes an event"),
        holds: bytes <= OVERHEAD * bound as f64,
    }
}
