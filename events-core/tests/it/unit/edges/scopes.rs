//! Units that are entered twice, on several threads, in any order, and by futures that are polled alternately.

use std::{mem, pin::pin, sync::mpsc::channel, thread};

use events_core::{
    UnitOfWork,
    units::{WithUnit as _, without_unit},
};

use super::{Did, registry};
use crate::{Journal, awaited::suspend, poll_once};

#[test]
fn a_unit_that_is_entered_twice_is_left_when_both_guards_are_dropped() {
    for is_first_left_first in [true, false] {
        let journal = Journal::default();
        let registry = registry(&journal);
        let work = UnitOfWork::begin();
        let (first, second) = (work.handle().enter(), work.handle().enter());
        let (one, other) = if is_first_left_first {
            (first, second)
        } else {
            (second, first)
        };
        drop(one);
        registry.emit(Did("in"));
        drop(other);
        registry.emit(Did("out"));
        assert_eq!(journal.take(), ["now in", "now out", "committed out"]);
        work.commit().expect("it is committed");
        assert_eq!(journal.take(), ["committed in"]);
    }
}

#[test]
fn guards_that_are_dropped_in_any_order_leave_the_innermost_that_remains() {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        let journal = Journal::default();
        let registry = registry(&journal);
        let works = [(); 2].map(|()| UnitOfWork::begin());
        let enter = |work: &UnitOfWork| Some(work.handle().enter());
        let mut guards = [enter(&works[0]), None, None];
        guards[1] = Some(without_unit());
        guards[2] = enter(&works[1]);
        for left in order {
            guards[left] = None;
            let innermost = guards.iter().rposition(Option::is_some);
            registry.emit(Did("a"));
            let held = match innermost {
                Some(0 | 2) => &["now a"][..],
                _ => &["now a", "committed a"],
            };
            assert_eq!(journal.take(), held, "{order:?}, after {left}");
        }
        works
            .into_iter()
            .for_each(|work| work.commit().expect("it is committed"));
    }
}

#[test]
fn a_unit_is_entered_on_two_threads_at_once_and_only_where_it_is_entered() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let _here = work.handle().enter();
    let (begun, begins) = channel();
    let (done, is_done) = channel::<()>();
    thread::scope(|scope| {
        let (registry, unit) = (&registry, work.handle());
        scope.spawn(move || {
            registry.emit(Did("outside"));
            let _there = unit.enter();
            registry.emit(Did("there"));
            begun.send(()).expect("it is received");
            is_done.recv().expect("it is sent");
            registry.emit(Did("there again"));
        });
        begins.recv().expect("it is sent");
        registry.emit(Did("here"));
        done.send(()).expect("it is received");
    });
    journal.take();
    work.commit().expect("it is committed");
    assert_eq!(
        journal.take(),
        ["committed there", "committed here", "committed there again"]
    );
}

/// Then its thread stays in the unit; without harm for others.
#[test]
fn a_guard_that_is_forgotten_leaves_its_thread_in_the_unit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    thread::scope(|scope| {
        let (registry, unit) = (&registry, work.handle());
        scope.spawn(move || {
            let outer = without_unit();
            mem::forget(unit.enter());
            drop(outer);
            registry.emit(Did("there"));
        });
    });
    registry.emit(Did("here"));
    assert_eq!(journal.take(), ["now there", "now here", "committed here"]);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed there"]);
}

#[test]
fn futures_that_are_polled_alternately_have_their_own_units() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let works = [(); 2].map(|()| UnitOfWork::begin());
    let emits = |names: [&'static str; 3]| {
        let registry = &registry;
        async move {
            for name in names {
                registry.emit(Did(name));
                suspend().await;
                _ = registry.emit_async(Did(name)).await;
            }
        }
    };
    let mut first = pin!(emits(["a", "b", "c"]).with_unit(works[0].handle()));
    let mut second = pin!(emits(["d", "e", "f"]).with_unit(works[1].handle()));
    let mut outside = pin!(emits(["g", "h", "i"]).without_unit());
    // Polled in a third one, which none of them is in.
    let around = UnitOfWork::begin();
    let entered = around.handle().enter();
    loop {
        let polled = [
            poll_once(first.as_mut()).is_ready(),
            poll_once(second.as_mut()).is_ready(),
            poll_once(outside.as_mut()).is_ready(),
        ];
        if polled == [true; 3] {
            break;
        }
        assert_eq!(polled, [false; 3]);
    }
    drop(entered);
    let committed = |notes: Vec<String>| {
        let names = notes
            .iter()
            .filter_map(|note| note.strip_prefix("committed "));
        names.collect::<Vec<_>>().join("")
    };
    assert_eq!(committed(journal.take()), "gghhii");
    for (work, names) in works.into_iter().zip(["aabbcc", "ddeeff"]) {
        work.commit().expect("it is committed");
        assert_eq!(committed(journal.take()), names);
    }
    around.commit().expect("it is committed");
    assert_eq!(journal.take(), [""; 0]);
}

/// As on a runtime with several threads.
#[test]
fn a_transaction_whose_polls_are_on_different_threads_is_one_unit() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let inner = registry.clone();
    let mut task = Box::pin(async move {
        let work = UnitOfWork::begin();
        let point = work.savepoint();
        inner.emit_in(&work.handle(), Did("a"));
        suspend().await;
        async { _ = inner.emit_async(Did("b")).await }
            .with_unit(work.handle())
            .await;
        suspend().await;
        point.release().expect("it is the innermost one");
        let prepared = work.prepare_async().await.expect("it is prepared");
        suspend().await;
        prepared.commit();
    });
    for is_last in [false, false, false, true] {
        assert!(
            !journal
                .take()
                .iter()
                .any(|note| note.starts_with("committed"))
        );
        let polled = thread::spawn(move || {
            let is_ready = poll_once(task.as_mut()).is_ready();
            (task, is_ready)
        });
        let (back, is_ready) = polled.join().expect("it ends");
        task = back;
        assert_eq!(is_ready, is_last);
    }
    assert_eq!(journal.take(), ["committed a", "committed b"]);
}
