//! The time of a mock's registry, while the test has stopped it.

use std::{
    mem,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
};

use events_core::{__testing::TestTime, Registry};

/// The time of a registry, once the test has stopped it: one for each call that moves it on at the same time.
#[derive(Debug, Default)]
pub(crate) struct StoppedTime(Mutex<Vec<TestTime>>);

/// The time that a call moves on; put back when this is dropped.
pub(crate) struct MovedTime<'t> {
    stopped: &'t StoppedTime,
    /// `None` only while it is dropped.
    time: Option<TestTime>,
}

impl StoppedTime {
    fn lock(&self) -> MutexGuard<'_, Vec<TestTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the time of the registry, unless it stands still.
    pub(crate) fn stop(&self, registry: &Registry) -> MovedTime<'_> {
        let stopped = self.lock().pop();
        MovedTime {
            stopped: self,
            time: Some(stopped.unwrap_or_else(|| TestTime::stop(registry))),
        }
    }

    /// The time, if it stands still.
    pub(crate) fn get(&self) -> Option<MovedTime<'_>> {
        let time = self.lock().pop()?;
        Some(MovedTime {
            stopped: self,
            time: Some(time),
        })
    }

    /// From now on time passes again.
    pub(crate) fn end(&self) {
        let stopped = mem::take(&mut *self.lock());
        stopped.into_iter().for_each(TestTime::resume);
    }
}

impl Deref for MovedTime<'_> {
    type Target = TestTime;

    fn deref(&self) -> &TestTime {
        match &self.time {
            Some(time) => time,
            None => unreachable!("only its drop takes the time"),
        }
    }
}

impl DerefMut for MovedTime<'_> {
    fn deref_mut(&mut self) -> &mut TestTime {
        match &mut self.time {
            Some(time) => time,
            None => unreachable!("only its drop takes the time"),
        }
    }
}

impl Drop for MovedTime<'_> {
    fn drop(&mut self) {
        let time = self.time.take();
        self.stopped.lock().extend(time);
    }
}
