//! Calls that wait for `debounce`, while later events replace them, time passes, and the handler is closed.

use std::time::{Duration, Instant};

use shuttle::{
    sync::{Arc, Mutex},
    thread,
};

use crate::tests::check_schedules;
use crate::{
    scheduled_calls::ScheduledCalls,
    time::{TimeKey, Timetable},
};

const KEY: u8 = 7;

struct Shared {
    calls: ScheduledCalls<u8, TimeKey>,
    timetable: Timetable<Carried>,
    start: Instant,
    /// The tickets of the calls that were made.
    made: Mutex<Vec<u64>>,
}

/// What a scheduled call takes along.
struct Carried {
    shared: Arc<Shared>,
    ticket: u64,
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.shared.calls.end(self.ticket, Some(KEY));
    }
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            calls: ScheduledCalls::new(),
            timetable: Timetable::new(),
            start: Instant::now(),
            made: Mutex::new(Vec::new()),
        })
    }

    fn remove(&self, place: TimeKey) {
        let removed = self.timetable.lock().remove(place);
        drop(removed);
    }

    /// As a run: an event comes, and its call is scheduled in place of that of the one before.
    fn event(self: &Arc<Self>) -> u64 {
        let ticket = self.calls.ticket();
        let shared = Arc::clone(self);
        let carried = Carried { shared, ticket };
        let due = self.start + Duration::from_secs(ticket);
        let place = self.timetable.lock().insert(due, carried);
        if let Some(place) = self.calls.set_scheduled(ticket, Some(KEY), place) {
            self.remove(place);
        }
        ticket
    }

    /// Time passes: the calls that are scheduled are made, unless a later event has come.
    fn fire(&self) {
        loop {
            let due = self
                .timetable
                .lock()
                .take_due(self.start + Duration::from_secs(100));
            let Some(carried) = due else { break };
            if !self.calls.is_replaced(carried.ticket) && !self.calls.is_closed() {
                let mut made = self.made.lock().expect("no step panics");
                made.push(carried.ticket);
            }
        }
    }

    fn close(&self) {
        let places = self.calls.close();
        places.into_iter().for_each(|place| self.remove(place));
    }
}

/// As many threads as `events` have an event each, while time passes so many times.
fn check(events: usize, fires: usize, closes: bool) {
    check_schedules(move || {
        let shared = Shared::new();
        let spawn = |run: fn(&Arc<Shared>)| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || run(&shared))
        };
        let mut threads: Vec<_> = (0..events)
            .map(|_| spawn(|shared| _ = shared.event()))
            .collect();
        threads.extend((0..fires).map(|_| spawn(|shared| shared.fire())));
        threads.extend(closes.then(|| spawn(|shared| shared.close())));
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it does not panic"));
        let left = shared.timetable.lock().len();
        assert!(left <= usize::from(!closes), "{left} calls wait");
        shared.fire();
        let made = shared.made.lock().expect("no step panics").clone();
        let mut once = made.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), made.len(), "{made:?}");
        if !closes {
            assert!(made.contains(&(events as u64)), "the last event: {made:?}");
        }
        assert_eq!(shared.calls.close(), []);
    });
}

#[test]
fn the_call_with_the_last_event_is_made_and_no_other_waits() {
    check(3, 0, false);
    check(2, 1, false);
    check(3, 1, false);
}

#[test]
fn after_the_close_no_call_waits() {
    check(2, 0, true);
    check(2, 1, true);
}
