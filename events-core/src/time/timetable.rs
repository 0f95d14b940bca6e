//! Values in the order of their due times, those of one time in the order in which they were added.
//!
//! Adding, removing and taking one value take O(log n). One value takes its own size and that of its key, 24 bytes, in
//! nodes that are at least half full.
//!
//! No user code runs under the lock: values are returned, not dropped.

use std::{collections::BTreeMap, time::Instant};

use crate::primitives::sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock};

/// Values in the order of their due times.
pub(crate) struct Timetable<T> {
    /// Whether there is a value. It is stored under the lock; what depends on it without the lock states why that
    /// suffices.
    has_values: AtomicBool,
    values: Mutex<Values<T>>,
}

struct Values<T> {
    by_time: BTreeMap<TimeKey, T>,
    next_number: u64,
}

/// The place of a value in a timetable.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeKey {
    due: Instant,
    number: u64,
}

impl TimeKey {
    /// The time at which the value is due.
    pub(crate) fn due(self) -> Instant {
        self.due
    }
}

/// A timetable that is locked.
pub(crate) struct LockedTimetable<'t, T> {
    has_values: &'t AtomicBool,
    values: MutexGuard<'t, Values<T>>,
}

impl<T> Timetable<T> {
    pub(crate) const fn new() -> Self {
        Self {
            has_values: AtomicBool::new(false),
            values: Mutex::new(Values {
                by_time: BTreeMap::new(),
                next_number: 0,
            }),
        }
    }

    /// Whether there is no value, without the lock.
    #[inline]
    pub(crate) fn looks_empty(&self) -> bool {
        !self.has_values.load(Ordering::Relaxed)
    }

    pub(crate) fn lock(&self) -> LockedTimetable<'_, T> {
        LockedTimetable {
            has_values: &self.has_values,
            values: lock(&self.values),
        }
    }
}

impl<T> LockedTimetable<'_, T> {
    /// Adds a value.
    pub(crate) fn insert(&mut self, due: Instant, value: T) -> TimeKey {
        let number = self.values.next_number;
        self.values.next_number += 1;
        let key = TimeKey { due, number };
        self.values.by_time.insert(key, value);
        self.publish();
        key
    }

    /// Whether the value of that key is the next one.
    pub(crate) fn is_first(&self, key: TimeKey) -> bool {
        let first = self.values.by_time.first_key_value();
        first.is_some_and(|(first, _)| *first == key)
    }

    pub(crate) fn contains(&self, key: TimeKey) -> bool {
        self.values.by_time.contains_key(&key)
    }

    /// Removes a value, if it is still there.
    pub(crate) fn remove(&mut self, key: TimeKey) -> Option<T> {
        let removed = self.values.by_time.remove(&key);
        self.publish();
        removed
    }

    /// Takes the next value, if it is due at that time.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<T> {
        let first = self.values.by_time.first_entry()?;
        let taken = (first.key().due <= now).then(|| first.remove());
        self.publish();
        taken
    }

    /// Takes the values in their order.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = (TimeKey, T)> + use<T> {
        let all = std::mem::take(&mut self.values.by_time);
        self.publish();
        all.into_iter()
    }

    /// The due time of the next value.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let (key, _) = self.values.by_time.first_key_value()?;
        Some(key.due)
    }

    pub(crate) fn len(&self) -> usize {
        self.values.by_time.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.by_time.values()
    }

    fn publish(&self) {
        let has_values = !self.values.by_time.is_empty();
        self.has_values.store(has_values, Ordering::Relaxed);
    }
}
