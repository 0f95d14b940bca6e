//! The same cases under criterion: a group for each number of subscribers.

use std::{hint::black_box, time::Instant};

use criterion::{Criterion, criterion_group, criterion_main};

fn emits(criterion: &mut Criterion) {
    let mut cases = dispatch_benches::ready();
    cases.sort_by_key(|case| case.subscribers);
    for group_cases in cases.chunk_by(|one, two| one.subscribers == two.subscribers) {
        let mut group =
            criterion.benchmark_group(format!("{} subscribers", group_cases[0].subscribers));
        for case in group_cases {
            group.bench_function(case.series, |bencher| {
                bencher.iter_custom(|times| {
                    let start = Instant::now();
                    black_box((case.run)(black_box(times)));
                    start.elapsed()
                });
            });
        }
    }
}

criterion_group!(benches, emits);
criterion_main!(benches);
