//! Random programs that schedule, cancel and let time pass, compared with a sorted list.

use std::collections::BTreeMap;

use events_core::queues::Scheduled;

use super::{Stopped, Tick, seconds};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn events_run_as_in_a_sorted_list() {
    for seed in 0..300 {
        let mut random = Random(seed);
        let mut stopped = Stopped::new();
        let mut handles: BTreeMap<u32, Scheduled<Tick>> = BTreeMap::new();
        // The events by their due times and numbers.
        let mut model: BTreeMap<(u64, u32), ()> = BTreeMap::new();
        let (mut now, mut next) = (0, 0);
        for _ in 0..60 {
            match random.below(4) {
                0 | 1 => {
                    let after = random.below(20);
                    let handle = stopped.registry.enqueue_after(Tick(next), seconds(after));
                    handles.insert(next, handle.expect("it is there"));
                    model.insert((now + after, next), ());
                    next += 1;
                }
                2 => {
                    let number = random.below(u64::from(next).max(1)) as u32;
                    let cancelled = handles.remove(&number).and_then(Scheduled::cancel);
                    let key = model.keys().find(|(_, one)| *one == number).copied();
                    let expected = key.and_then(|key| model.remove(&key));
                    assert_eq!(cancelled.is_some(), expected.is_some(), "seed {seed}");
                }
                _ => {
                    let by = random.below(15);
                    now += by;
                    let rest = model.split_off(&(now + 1, 0));
                    let expected: Vec<_> = model.keys().map(|(_, one)| one.to_string()).collect();
                    model = rest;
                    assert_eq!(stopped.pass(seconds(by)), expected.join(" "), "seed {seed}");
                }
            }
            assert_eq!(
                stopped.registry.queue().scheduled(),
                model.len(),
                "seed {seed}"
            );
        }
    }
}
