//! What a scan of all link-time subscribers of this program costs each of them.

use std::time::Instant;

use events_core::Registry;

/// Scans fresh registries, and prints the nanoseconds per subscriber of the first scan, which meets
/// the subscribers on pages and cache lines that nobody has touched, and the 10th percentile of
/// those after it.
///
/// # Panics
///
/// When the program does not have so many subscribers.
pub fn measure(expected: u32, rounds: usize) {
    let scan = || {
        let registry = Registry::new();
        let start = Instant::now();
        let report = registry.scan();
        let time = start.elapsed();
        assert_eq!(report.subscribers().len(), expected as usize);
        time.as_secs_f64() * 1e9 / f64::from(expected)
    };
    let first = scan();
    let mut later: Vec<f64> = (0..rounds).map(|_| scan()).collect();
    later.sort_by(f64::total_cmp);
    println!("{first:.1} {:.1}", later[later.len() / 10]);
}
