//! The functions that the expansion of `#[events_testing::test]` calls. They are not public API and may change.

use std::{convert::Infallible, fmt::Debug, future::Future, process::ExitCode};

/// A type hint for the return value of a test body; never called.
pub use events_core::__private::returned;

use crate::mock::EventMock;

/// The constructor of the mock with which a test begins.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// [`EventMock::install`].
    Install,
    /// [`EventMock::empty`].
    Empty,
}

impl Begin {
    #[track_caller]
    fn mock(self) -> EventMock {
        match self {
            Self::Install => EventMock::install(),
            Self::Empty => EventMock::empty(),
        }
    }
}

/// The return value of a test.
pub trait TestResult {
    /// Whether the test has failed.
    fn has_failed(&self) -> bool;
}

impl TestResult for () {
    fn has_failed(&self) -> bool {
        false
    }
}

impl TestResult for ExitCode {
    fn has_failed(&self) -> bool {
        *self != Self::SUCCESS
    }
}

impl TestResult for Infallible {
    fn has_failed(&self) -> bool {
        match *self {}
    }
}

impl<T: TestResult, E: Debug> TestResult for Result<T, E> {
    fn has_failed(&self) -> bool {
        self.as_ref().map_or(true, TestResult::has_failed)
    }
}

#[track_caller]
fn end<T: TestResult>(mock: EventMock, result: T) -> T {
    if result.has_failed() {
        mock.end_failed();
    } else {
        mock.verify();
    }
    result
}

/// Runs the body of a test.
#[track_caller]
pub fn run<T: TestResult>(begin: Begin, body: impl FnOnce() -> T) -> T {
    let mock = begin.mock();
    let result = body();
    end(mock, result)
}

/// Runs the body of an async test whose runtime comes from another attribute.
pub async fn run_async<T: TestResult>(begin: Begin, body: impl Future<Output = T>) -> T {
    // The guard covers the tasks of a single-threaded runtime, which run on this thread. `bring_future`
    // covers the body, on whichever thread it is polled.
    let mock = begin.mock();
    mock.begin_async();
    let result = mock.bring_future(body).await;
    end(mock, result)
}

/// Runs the body of an async test on a runtime of tokio, when no other attribute brings a runtime.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn block_on<T: TestResult>(begin: Begin, body: impl Future<Output = T>) -> T {
    // Before the runtime, so that a panic of the body drops the remaining tasks before the mock, too.
    let mock = begin.mock();
    mock.begin_async();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build();
    let runtime = runtime.expect("tokio builds a runtime for this thread");
    let result = runtime.block_on(mock.bring_future(body));
    // Drops the remaining tasks before the mock ends.
    drop(runtime);
    end(mock, result)
}

/// Rejects an async test that has no runtime: no type fulfils the bound, so the call does not compile.
#[cfg(not(feature = "tokio"))]
#[must_use]
pub fn block_on<T: HasRuntime>(_: Begin, _: impl Future<Output = T>) -> T {
    unreachable!("no type implements `HasRuntime`")
}

/// Implemented by no type.
#[cfg(not(feature = "tokio"))]
#[diagnostic::on_unimplemented(
    message = "an async test needs a runtime",
    label = "no runtime runs this test",
    note = "enable the feature `tokio` of `events-testing`, or put `#[tokio::test]` or a similar attribute \
            below this one"
)]
pub trait HasRuntime {}
