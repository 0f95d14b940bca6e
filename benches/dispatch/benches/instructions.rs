//! Instructions of a thousand emits, counted by callgrind under gungraun.
//!
//! This needs the gungraun runner of the same version, on the path or in `GUNGRAUN_RUNNER`:
//! `cargo install --locked gungraun-runner --version 0.20.0`

use std::hint::black_box;

use dispatch_benches::{case::Case, ready_one};
use gungraun::{library_benchmark, library_benchmark_group, main};

const TIMES: u64 = 1_000;

#[library_benchmark(setup = ready_one)]
#[bench::none("ours/0")]
#[bench::one("ours/1")]
#[bench::four("ours/4")]
#[bench::sixteen("ours/16")]
fn ours(case: Case) -> u64 {
    black_box((case.run)(black_box(TIMES)))
}

#[library_benchmark(setup = ready_one)]
#[bench::none("L2/0")]
#[bench::one("L2/1")]
#[bench::four("L2/4")]
#[bench::sixteen("L2/16")]
fn l2(case: Case) -> u64 {
    black_box((case.run)(black_box(TIMES)))
}

library_benchmark_group!(name = emits, benchmarks = [ours, l2]);
main!(library_benchmark_groups = emits);
