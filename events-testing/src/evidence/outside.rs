//! The events that are emitted outside of all tests: to the default registry, by threads and tasks that no test
//! has brought in. They explain an expectation that is missed.
//!
//! While there is a mock, a *watcher* is the interceptor of the default registry, unless a mock is. Either records
//! each event in the logs of all mocks, of any test. The watcher withholds nothing.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use events_core::{
    __testing::{self, Intercepted, Interceptor},
    Registry,
    info::Location,
};

/// The logs of the mocks that have not ended. No code of the user runs while it or a log is locked.
static LOGS: Mutex<Vec<Arc<OutsideLog>>> = Mutex::new(Vec::new());

/// The number of topics in a log, which bounds its memory.
const MAX_TOPICS: usize = 1000;

/// The events of one type and topic that were emitted outside of a test.
pub(crate) struct Outside {
    pub(crate) count: usize,
    /// Where the first one was emitted.
    pub(crate) location: Location,
    /// The name of the thread that emitted the first one.
    pub(crate) thread: Option<String>,
}

/// The events that were emitted outside of a test, by event type and topic.
#[derive(Default)]
pub(crate) struct OutsideLog(Mutex<HashMap<(TypeId, String), Outside>>);

/// The interceptor of the default registry when no mock is.
#[derive(Debug)]
struct Watcher;

impl Interceptor for Watcher {
    fn withholds(&self, event: &mut dyn Intercepted) -> bool {
        record(event, None);
        false
    }
}

impl OutsideLog {
    /// Starts to record events in this log.
    pub(crate) fn open(self: &Arc<Self>) {
        let mut logs = logs();
        logs.push(Arc::clone(self));
        let default = __testing::default_registry();
        if __testing::interceptor(&default).is_none() {
            __testing::set_interceptor(&default, Some(Arc::new(Watcher)));
        }
    }

    /// Records no more events in this log.
    pub(crate) fn close(self: &Arc<Self>) {
        let mut logs = logs();
        logs.retain(|other| !Arc::ptr_eq(other, self));
        let default = __testing::default_registry();
        let interceptor = __testing::interceptor(&default);
        let is_watched = interceptor.is_some_and(|interceptor| {
            let interceptor: Arc<dyn Any + Send + Sync> = interceptor;
            interceptor.is::<Watcher>()
        });
        if logs.is_empty() && is_watched {
            __testing::set_interceptor(&default, None);
        }
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, HashMap<(TypeId, String), Outside>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, event: &dyn Intercepted) {
        let mut events = self.lock();
        let key = (event.family(), event.event().topic().to_owned());
        let is_new = !events.contains_key(&key);
        if is_new && events.len() == MAX_TOPICS {
            return;
        }
        let outside = events.entry(key).or_insert_with(|| Outside {
            count: 0,
            location: event.location(),
            thread: thread::current().name().map(str::to_owned),
        });
        outside.count += 1;
    }
}

impl fmt::Debug for OutsideLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutsideLog").finish_non_exhaustive()
    }
}

/// Sets the interceptor of a registry; for the default one, `None` is the watcher while there are mocks.
pub(crate) fn set_interceptor(registry: &Registry, interceptor: Option<Arc<dyn Interceptor>>) {
    let logs = logs();
    let is_watched = !logs.is_empty() && *registry == __testing::default_registry();
    let watcher = || is_watched.then(|| Arc::new(Watcher) as Arc<dyn Interceptor>);
    __testing::set_interceptor(registry, interceptor.or_else(watcher));
}

/// Records an event of the default registry in all logs but that of the mock that is installed there.
pub(crate) fn record(event: &dyn Intercepted, except: Option<&Arc<OutsideLog>>) {
    for log in logs().iter() {
        if except.is_none_or(|except| !Arc::ptr_eq(except, log)) {
            log.record(event);
        }
    }
}

fn logs() -> MutexGuard<'static, Vec<Arc<OutsideLog>>> {
    LOGS.lock().unwrap_or_else(PoisonError::into_inner)
}
