//! Fourth hostile round: the numbers of flushes.
#![allow(missing_docs)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use events_core::{Event, Registry};

#[derive(Event, Clone)]
struct Nothing;
#[derive(Event, Clone)]
struct Link;

/// Flushes a chain of 2,500 events until it has ended, after so many flushes.
fn chain_after(flushes: u64) -> Vec<usize> {
    let registry = Registry::new();
    let queue = registry.queue();
    for _ in 0..flushes {
        registry.enqueue(Nothing).unwrap();
        queue.flush();
    }
    let (inner, ran) = (registry.clone(), Arc::new(AtomicUsize::new(0)));
    registry
        .on(move |_: &Link| {
            if ran.fetch_add(1, Ordering::Relaxed) < 2_499 {
                inner.enqueue(Link).unwrap();
            }
        })
        .detach();
    registry.enqueue(Link).unwrap();
    (0..3).map(|_| queue.flush().ran()).collect()
}

#[test]
fn twin_each_flush_counts_a_chain_from_its_own_beginning() {
    assert_eq!(chain_after(0), [1000, 1000, 500]);
}

/// Some minutes with `--release`.
#[test]
#[ignore = "some minutes"]
fn each_flush_counts_a_chain_from_its_own_beginning_after_2_147_483_648_flushes() {
    assert_eq!(chain_after(1 << 31), [1000, 1000, 500]);
}
