//! The remedy of a queue that nothing runs, for log records and for the summary of a scan.

/// How a program starts a worker. A thread polls a handler outside of any runtime, where one that uses tokio panics.
pub(crate) const START_WORKER: &str = if cfg!(feature = "tokio") {
    "start a worker with registry().queue().spawn_tokio(..), or spawn_thread() if no handler uses a runtime"
} else {
    "start a worker with registry().queue().spawn_thread()"
};
