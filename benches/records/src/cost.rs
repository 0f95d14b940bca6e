//! What some work costs: time, and processor time of the process, which has the threads of SQLite and not the server of PostgreSQL.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use sea_orm::DbErr;

#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) time: Duration,
    pub(crate) processor: Duration,
}

impl Cost {
    pub(crate) const ZERO: Self = Self {
        time: Duration::ZERO,
        processor: Duration::ZERO,
    };

    pub(crate) const MAX: Self = Self {
        time: Duration::MAX,
        processor: Duration::MAX,
    };

    pub(crate) async fn of(work: impl Future<Output = Result<(), DbErr>>) -> Result<Self, DbErr> {
        let (start, processor) = (Instant::now(), processor_time());
        work.await?;
        Ok(Self {
            time: start.elapsed(),
            processor: processor_time() - processor,
        })
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            time: self.time + other.time,
            processor: self.processor + other.processor,
        }
    }

    /// The lowest of both.
    pub(crate) fn min(self, other: Self) -> Self {
        Self {
            time: self.time.min(other.time),
            processor: self.processor.min(other.processor),
        }
    }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("it is positive")
}
