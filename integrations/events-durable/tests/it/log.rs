//! The warnings of a test.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Dispatch, Level,
    subscriber::{DefaultGuard, NoSubscriber},
};

/// Ends a log.
///
/// Beside the subscriber of the log, it keeps a second one: if there is a single one, `tracing` enables a record or span for the thread that
/// is the first to reach it, and for no other one if that is the thread of a test without a log.
pub(crate) struct Guard {
    _log: DefaultGuard,
    _second: Dispatch,
}

/// The lines of the warnings and errors since it was made, on this thread: that of the test and its tasks.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn start() -> (Self, Guard) {
        Self::from(Level::WARN)
    }

    /// Those of this level, too.
    pub(crate) fn from(level: Level) -> (Self, Guard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .without_time()
            .with_writer(move || writer.clone());
        let guard = Guard {
            _log: tracing::subscriber::set_default(subscriber.finish()),
            _second: Dispatch::new(NoSubscriber::new()),
        };
        (log, guard)
    }

    /// How many lines contain this.
    pub(crate) fn count(&self, text: &str) -> usize {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = String::from_utf8_lossy(&bytes);
        lines.lines().filter(|line| line.contains(text)).count()
    }

    pub(crate) async fn wait_for(&self, text: &str) {
        while self.count(text) == 0 {
            tokio::task::yield_now().await;
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
