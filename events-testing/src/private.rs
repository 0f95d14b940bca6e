//! The door of the attribute `test`. Nothing here is for users, and any of it may change.

use std::{convert::Infallible, fmt::Debug, future::Future, process::ExitCode};

/// For a type hint: what a body returns, never.
pub use events_core::__private::returned;

use crate::mock::EventMock;

/// Which mock a test begins with.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// With what was scanned.
    Install,
    /// With nobody.
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

/// What a test returns.
pub trait Ended {
    /// Whether it has failed.
    fn has_failed(&self) -> bool;
}

impl Ended for () {
    fn has_failed(&self) -> bool {
        false
    }
}

impl Ended for ExitCode {
    fn has_failed(&self) -> bool {
        *self != Self::SUCCESS
    }
}

impl Ended for Infallible {
    fn has_failed(&self) -> bool {
        match *self {}
    }
}

impl<T: Ended, E: Debug> Ended for Result<T, E> {
    fn has_failed(&self) -> bool {
        self.as_ref().map_or(true, Ended::has_failed)
    }
}

#[track_caller]
fn end<T: Ended>(mock: EventMock, ended: T) -> T {
    if ended.has_failed() {
        mock.end_failed();
    } else {
        mock.verify();
    }
    ended
}

/// The body of a test.
#[track_caller]
pub fn run<T: Ended>(begin: Begin, body: impl FnOnce() -> T) -> T {
    let mock = begin.mock();
    let ended = body();
    end(mock, ended)
}

/// The body of an async test that another attribute runs.
pub async fn run_async<T: Ended>(begin: Begin, body: impl Future<Output = T>) -> T {
    // On this thread, so that tasks of a runtime that has no other are part of the test; and wherever
    // the body is polled.
    let mock = begin.mock();
    let ended = mock.bring_future(body).await;
    end(mock, ended)
}

/// The body of an async test that no other attribute runs.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn block_on<T: Ended>(begin: Begin, body: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build();
    let runtime = runtime.expect("a runtime of tokio for this thread");
    let mock = begin.mock();
    let ended = runtime.block_on(mock.bring_future(body));
    // The tasks that are left are dropped before the mock is over.
    drop(runtime);
    end(mock, ended)
}

/// The body of an async test that nobody can run.
#[cfg(not(feature = "tokio"))]
#[must_use]
pub fn block_on<T: RunsSomewhere>(_: Begin, _: impl Future<Output = T>) -> T {
    unreachable!("no type is `RunsSomewhere`")
}

/// No type is this.
#[cfg(not(feature = "tokio"))]
#[diagnostic::on_unimplemented(
    message = "an async test needs a runtime",
    label = "nothing runs this test",
    note = "turn on the feature `tokio` of `events-testing`, or put `#[tokio::test]` or the like below \
            this attribute"
)]
pub trait RunsSomewhere {}
