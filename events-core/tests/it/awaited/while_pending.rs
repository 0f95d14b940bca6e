//! While an awaited subscriber is pending no lock is held: everything else works, on its thread and on others.

use std::{
    pin::{Pin, pin},
    thread,
};

use events_core::{AnyEvent, Event, Registry, Subscription, args, subscriber, subscribers};

use super::{Trail, suspend};
use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
struct Other {
    journal: Journal,
}

#[subscriber]
fn scanned(other: &Other) {
    other.journal.note("scanned");
}

/// A registry with an awaited subscriber that waits for the gate, and one behind it.
fn waiting(gate: &Gate) -> (Registry, Subscription) {
    let registry = Registry::new();
    let handler = async |event: &mut Trail, gate: &Gate| {
        gate.wait().await;
        event.add("waited ");
    };
    registry.on_awaited_with(gate.clone(), handler).detach();
    let behind = registry.on(|event: &mut Trail| event.add("behind "));
    (registry, behind)
}

/// Uses the registry in each way.
fn use_everything(registry: &Registry) {
    let journal = Journal::default();
    let other = || Other {
        journal: journal.clone(),
    };
    let sync = registry.on(|other: &Other| other.journal.note("sync"));
    let background = registry.on_async(async |other: &Other| other.journal.note("async"));
    let deferred = registry.on_deferred(|other: &Other| other.journal.note("deferred"));
    let pattern = |event: &dyn AnyEvent| {
        let journal = event.arg::<Journal>("journal");
        journal
            .into_iter()
            .for_each(|journal| journal.note("pattern"));
    };
    let pattern = registry
        .on_topic(".*Other", pattern)
        .expect("a valid pattern");
    let awaited = registry.on_awaited(async |other: &mut Other| {
        suspend().await;
        other.journal.note("awaited");
    });
    let report = registry.scanner().subscribers(subscribers![scanned]).run();
    assert_eq!(report.subscribers().count(), 1);

    let error = registry
        .try_emit(other())
        .expect_err("it cannot be awaited");
    assert_eq!(error.failures().len(), 1);
    block_on(registry.emit_async(other()));
    registry.emit_topic("Other", args! { journal: journal.clone() });
    registry.enqueue(other()).expect("there is room");
    registry.queue().flush();
    let mut notes = journal.take();
    notes.sort();
    let counts = [
        ("async", 3),
        ("awaited", 2),
        ("deferred", 3),
        ("pattern", 4),
        ("scanned", 3),
        ("sync", 3),
    ];
    let expected: Vec<_> = counts
        .into_iter()
        .flat_map(|(note, count)| vec![note; count])
        .collect();
    assert_eq!(notes, expected);

    // The same event: an emit that waits as well, and is dropped.
    let trail = || Trail::default();
    assert!(poll_once(registry.emit_async(trail())).is_pending());
    registry.enqueue(trail()).expect("there is room");
    registry.set_depth_limit(100);
    drop((sync, background, deferred, pattern, awaited));
}

#[test]
fn no_lock_is_held_while_an_awaited_subscriber_is_pending() {
    let uses: [fn(&Registry); 2] = [use_everything, |registry| {
        let registry = registry.clone();
        let thread = thread::spawn(move || use_everything(&registry));
        thread.join().expect("nothing panics");
    }];
    for uses in uses {
        let gate = Gate::default();
        let (registry, _behind) = waiting(&gate);
        let mut emit = pin!(registry.emit_async(Trail::default()));
        assert!(poll_once(emit.as_mut()).is_pending());
        uses(&registry);
        registry.on(|event: &mut Trail| event.add("new ")).detach();
        gate.open();
        // One that is subscribed during the emit runs from the next one on.
        assert_eq!(block_on(emit).numbers, "waited behind ");
        let next = block_on(registry.emit_async(Trail::default()));
        assert_eq!(next.numbers, "waited behind new ");
        registry.queue().flush();
    }
}

#[test]
fn one_behind_it_that_is_unsubscribed_meanwhile_is_not_started() {
    let unsubscribes: [fn(Subscription); 3] = [
        drop,
        |behind| {
            thread::spawn(|| drop(behind))
                .join()
                .expect("nothing panics");
        },
        |behind| _ = poll_once(behind.stop_async()),
    ];
    for unsubscribe in unsubscribes {
        let gate = Gate::default();
        let (registry, behind) = waiting(&gate);
        let mut emit = pin!(registry.emit_async(Trail::default()));
        assert!(poll_once(emit.as_mut()).is_pending());
        unsubscribe(behind);
        gate.open();
        assert_eq!(block_on(emit).numbers, "waited ");
    }
}

#[test]
fn a_stop_waits_for_the_call_in_progress_or_its_drop() {
    for is_dropped in [false, true] {
        let (registry, gate) = (Registry::new(), Gate::default());
        let handler = async |_: &mut Trail, gate: &Gate| gate.wait().await;
        let subscription = registry.on_awaited_with(gate.clone(), handler);
        let mut emit = Some(Box::pin(registry.emit_async(Trail::default())));
        assert!(
            emit.as_mut()
                .is_some_and(|emit| poll_once(emit.as_mut()).is_pending())
        );
        let mut stop = pin!(subscription.stop_async());
        assert!(poll_once(stop.as_mut()).is_pending());
        gate.open();
        let mut emit: Pin<Box<_>> = emit.take().expect("it is there");
        if is_dropped {
            drop(emit);
        } else {
            assert!(poll_once(emit.as_mut()).is_ready());
            drop(emit); // it keeps its handlers
        }
        assert!(poll_once(stop.as_mut()).is_ready(), "dropped: {is_dropped}");
    }
}

/// The permit of `once` is for one start: a handler that was cut off half way may have done half of its work.
#[test]
fn the_permit_of_a_once_that_is_cut_off_is_spent() {
    let subscribe: [fn(&Registry); 3] = [
        |registry| {
            let new = registry.subscribe_awaited(async |event: &mut Trail| {
                event.add("started");
                suspend().await;
            });
            new.once().register().expect("there is no id").detach();
        },
        |registry| {
            let new = registry.subscribe_async(|event: &Trail| {
                event.journal.note("started");
                suspend()
            });
            new.once().register().expect("there is no id").detach();
        },
        |registry| {
            let new = registry.subscribe_async(async |event: &Trail| {
                event.journal.note("started");
                suspend().await;
            });
            let new = new.once().concurrency(1);
            new.register().expect("there is no id").detach();
        },
    ];
    for (kind, subscribe) in subscribe.iter().enumerate() {
        let registry = Registry::new();
        subscribe(&registry);
        let event = Trail::default();
        let journal = event.journal.clone();
        assert!(poll_once(registry.emit_async(event)).is_pending());
        assert_eq!(journal.take(), ["started"], "{kind}");
        let second = Trail {
            journal: journal.clone(),
            ..Trail::default()
        };
        assert!(poll_once(registry.emit_async(second)).is_ready(), "{kind}");
        assert!(journal.take().is_empty(), "{kind}");
    }
}

#[test]
fn the_permit_of_a_once_that_is_not_reached_is_kept() {
    let gate = Gate::default();
    let (registry, _behind) = waiting(&gate);
    let once = registry.subscribe_awaited(async |event: &mut Trail| event.add("once "));
    once.once().register().expect("there is no id").detach();
    assert!(poll_once(registry.emit_async(Trail::default())).is_pending());
    gate.open();
    for expected in ["waited behind once ", "waited behind "] {
        assert_eq!(
            block_on(registry.emit_async(Trail::default())).numbers,
            expected
        );
    }
}
