//! What is logged about an async emit that is dropped before its end, and what it leaves behind: the section of the guide about
//! emits that are cut off, at each await point.

mod spawned;

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use events_core::{Event, Registry};
use tracing::Level;

use crate::{logged, suspend};

/// An event that counts how often it and its clones are dropped.
#[derive(Event)]
struct Order {
    card: &'static str,
    journal: Journal,
    drops: Arc<AtomicUsize>,
}

#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, text: String) {
        self.0.lock().expect("not poisoned").push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

impl Clone for Order {
    fn clone(&self) -> Self {
        Self {
            card: self.card,
            journal: self.journal.clone(),
            drops: Arc::default(), // those of snapshots are not counted
        }
    }
}

impl Drop for Order {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sync,
    Awaited,
    Concurrent,
    Deferred,
}

/// A subscriber: its id, kind, number of await points, and the one that it is `after`.
type Row = (&'static str, Kind, usize, Option<&'static str>);

const ROWS: &[Row] = &[
    ("check", Kind::Awaited, 2, None),
    ("note", Kind::Sync, 0, None),
    ("lock", Kind::Awaited, 1, None),
    ("mail", Kind::Concurrent, 3, None),
    ("audit", Kind::Deferred, 1, None),
    ("charge", Kind::Awaited, 3, None),
    ("ready", Kind::Awaited, 0, None),
    ("index", Kind::Concurrent, 1, None),
    ("push", Kind::Concurrent, 2, Some("index")),
    ("report", Kind::Deferred, 1, Some("mail")),
    ("count", Kind::Sync, 0, None),
    ("unlock", Kind::Awaited, 2, None),
];

/// Notes each await point, as `mail 1`, and the end, as `mail.`
async fn run(journal: Journal, (id, _, awaits, _): Row) {
    for point in 0..awaits {
        journal.note(format!("{id} {point}"));
        suspend().await;
    }
    journal.note(format!("{id}."));
}

fn registry() -> Registry {
    let registry = Registry::new();
    for &row in ROWS {
        let (id, kind, _, after) = row;
        let subscription = match kind {
            Kind::Sync => {
                let handler = move |event: &Order| event.journal.note(format!("{id}."));
                registry.subscribe(handler).id(id).register()
            }
            Kind::Awaited => {
                let handler =
                    async |event: &mut Order, row: &Row| run(event.journal.clone(), *row).await;
                registry
                    .subscribe_awaited_with(row, handler)
                    .id(id)
                    .register()
            }
            Kind::Concurrent | Kind::Deferred => {
                let handler = move |event: &Order| run(event.journal.clone(), row);
                let mut new = registry.subscribe_async(handler).id(id);
                if let Some(after) = after {
                    new = new.after(after);
                }
                if kind == Kind::Deferred {
                    new.deferred()
                } else {
                    new
                }
                .register()
            }
        };
        subscription.expect("the ids differ").detach();
    }
    registry
}

/// What the guide says about an emit that is polled that many times and then dropped.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    notes: Vec<String>,
    cut_off: Vec<&'static str>,
    not_reached: BTreeSet<&'static str>,
    queued: Vec<&'static str>,
    is_complete: bool,
}

/// The rules of the guide as a program. A handler that is resumed runs to its next await point.
fn expected(polls: usize) -> Expected {
    let mut expected = Expected::default();
    // The handlers that are pending, with their await points so far; and those that are complete.
    let mut pending: Vec<(Row, usize)> = Vec::new();
    let mut complete: Vec<&str> = Vec::new();
    let is_in_chain = |row: &&Row| matches!(row.1, Kind::Sync | Kind::Awaited);
    let mut chain = ROWS.iter().filter(is_in_chain);
    let mut concurrent: Option<Vec<Row>> = None;
    let step = |row: Row, point: usize, notes: &mut Vec<String>| {
        let is_complete = point == row.2;
        let text = if is_complete {
            format!("{}.", row.0)
        } else {
            format!("{} {point}", row.0)
        };
        notes.push(text);
        is_complete
    };
    for _ in 0..polls {
        for (row, point) in std::mem::take(&mut pending) {
            if step(row, point + 1, &mut expected.notes) {
                complete.push(row.0);
            } else {
                pending.push((row, point + 1));
            }
        }
        while concurrent.is_none() && pending.is_empty() {
            match chain.next() {
                Some(&row) if step(row, 0, &mut expected.notes) => {}
                Some(&row) => pending.push((row, 0)),
                None => {
                    let of_kind = |kind| ROWS.iter().filter(move |row| row.1 == kind);
                    concurrent = Some(of_kind(Kind::Concurrent).copied().collect());
                    let free = of_kind(Kind::Deferred).filter(|row| row.3.is_none());
                    expected.queued.extend(free.map(|row| row.0));
                }
            }
        }
        if let Some(waiting) = &mut concurrent {
            let is_free = |row: &Row| row.3.is_none_or(|after| complete.contains(&after));
            for row in waiting.extract_if(.., |row| is_free(row)) {
                if !step(row, 0, &mut expected.notes) {
                    pending.push((row, 0));
                }
            }
        }
    }
    let after_concurrent = ROWS
        .iter()
        .filter(|row| row.1 == Kind::Deferred && row.3.is_some());
    expected.cut_off = pending.iter().map(|(row, _)| row.0).collect();
    expected.is_complete = polls > 0 && pending.is_empty();
    if expected.is_complete {
        expected.queued.extend(after_concurrent.map(|row| row.0));
    } else if polls > 0 {
        let left: Vec<&str> = match concurrent {
            Some(waiting) => waiting
                .iter()
                .chain(after_concurrent)
                .map(|row| row.0)
                .collect(),
            None => {
                let background = ROWS.iter().filter(|row| !is_in_chain(row));
                chain.chain(background).map(|row| row.0).collect()
            }
        };
        expected.not_reached.extend(left);
    }
    expected
}

/// The ids in the field of a record, which has them with their source locations.
fn names<'r>(record: &'r str, field: &str) -> Vec<&'r str> {
    let Some((_, value)) = record.split_once(&format!(" {field}=\"")) else {
        return Vec::new();
    };
    let (value, _) = value.split_once('"').expect("the value ends");
    let names = value.split(", ");
    names
        .map(|name| {
            let (id, location) = name.split_once(" (").expect("a name with a location");
            assert!(location.starts_with(file!()), "{record}");
            id
        })
        .collect()
}

/// Polls an emit that many times and drops it. Returns whether it was complete.
fn check(polls: usize) -> bool {
    let registry = registry();
    let journal = Journal::default();
    let drops = Arc::<AtomicUsize>::default();
    let order = || Order {
        card: "4711-0815",
        journal: journal.clone(),
        drops: Arc::clone(&drops),
    };
    let expected = expected(polls);
    let mut is_complete = false;
    let log = logged(Level::WARN, || {
        let mut emit = pin!(registry.emit_async(order()));
        for poll in 1..=polls {
            let mut context = Context::from_waker(Waker::noop());
            is_complete = emit.as_mut().poll(&mut context).is_ready();
            assert!(!is_complete || poll == polls, "complete after {poll} polls");
        }
    });
    assert_eq!(is_complete, expected.is_complete, "{polls} polls");
    assert_eq!(journal.take(), expected.notes, "{polls} polls");
    assert_eq!(drops.load(Ordering::Relaxed), 1, "{polls} polls");

    // The log.
    if is_complete || polls == 0 {
        assert!(log.is_empty(), "{polls} polls: {log:#?}");
    } else {
        let [record] = &log[..] else {
            panic!("{polls} polls: {log:#?}")
        };
        let start = "WARN events_core: an async emit was dropped before its end; run it on a task of its own, as with \
                     .spawn_tokio(), if it must be completed without its caller topic=\"logging::cancelled::Order\" ";
        assert!(record.starts_with(start), "{record}");
        assert!(!record.contains("4711"), "{record}");
        assert_eq!(names(record, "cut_off"), expected.cut_off, "{polls} polls");
        let not_reached = names(record, "not_reached");
        assert_eq!(
            not_reached.len(),
            expected.not_reached.len(),
            "{polls} polls: {record}"
        );
        assert_eq!(
            BTreeSet::from_iter(not_reached),
            expected.not_reached,
            "{polls} polls"
        );
    }

    // The queue.
    registry.queue().flush();
    let notes = journal.take();
    let ended = notes.iter().filter_map(|note| note.strip_suffix('.'));
    assert_eq!(ended.collect::<Vec<_>>(), expected.queued, "{polls} polls");

    // Everything is usable after that.
    let mut emit = pin!(registry.try_emit_async(order()));
    let emitted = loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(emitted) = emit.as_mut().poll(&mut context) {
            break emitted.expect("nothing fails");
        }
    };
    assert_eq!(
        (emitted.ran(), emitted.deferred()),
        (10, 2),
        "{polls} polls"
    );
    registry.queue().flush();
    is_complete
}

#[test]
fn an_emit_that_is_dropped_at_any_await_point_leaves_what_the_guide_says() {
    let polls = (0..).take_while(|&polls| !check(polls)).count();
    assert_eq!(polls, 12, "the polls before the last one");
}
