//! Measures the cost of a scan for each link-time subscriber of this program.

use std::time::Instant;

use events_core::Registry;

/// Scans new registries, and prints the nanoseconds per subscriber of the first scan, for which the
/// pages and cache lines of the subscribers are cold, and the 10th percentile of the scans after it.
///
/// # Panics
///
/// When the program does not have this number of subscribers.
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
