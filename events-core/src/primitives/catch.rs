//! Containment of panics in user code that no caller awaits: destructors, wakers, and code that records for `tracing`.
//!
//! Such a panic is logged at `error`, because no subscriber is to be reported for it. Several values are dropped
//! one by one: a panic that unwinds through a collection whose other values panic as well aborts the process.

use std::{
    any::{Any, type_name},
    cell::Cell,
    fmt,
    marker::PhantomData,
    mem,
    ops::{Deref, DerefMut},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Waker,
    thread,
};

/// How many calls of `tracing` may be nested: each is made while a tracing layer receives the record or the span of the
/// one before.
const MAX_NESTED_CALLS: usize = 4;

thread_local! {
    /// How many calls of `tracing` are in progress on this thread.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Drops a value and catches a panic of its `Drop`.
pub(crate) fn drop_catching<T>(value: T) {
    catch_drop::<T>(|| drop(value));
}

/// Drops each of the values; a panic of one does not affect the others.
pub(crate) fn drop_each<T>(values: impl IntoIterator<Item = T>) {
    values.into_iter().for_each(drop_catching);
}

/// Drops the value in place, unless it is `None`, and catches a panic of its `Drop`.
#[inline]
pub(crate) fn clear_catching<T>(value: &mut Option<T>) {
    if mem::needs_drop::<T>() && value.is_some() {
        catch_drop::<T>(|| *value = None);
    }
}

/// Calls a function that drops a `T`, and catches a panic of that.
#[inline]
pub(crate) fn catch_drop<T: ?Sized>(drop: impl FnOnce()) {
    if !mem::needs_drop::<T>() {
        return drop();
    }
    if let Err(payload) = catch_unwind(AssertUnwindSafe(drop)) {
        log("a destructor panicked", type_name::<T>(), payload);
    }
}

/// Wakes a task and catches a panic of its waker. Returns whether there was none.
pub(crate) fn wake_catching(waker: Waker) -> bool {
    let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    match woken {
        Ok(()) => true,
        Err(payload) => {
            log("a waker panicked", type_name::<Waker>(), payload);
            false
        }
    }
}

/// Wakes each of the tasks; a panic of one waker does not affect the others.
pub(crate) fn wake_each(wakers: impl IntoIterator<Item = Waker>) {
    wakers
        .into_iter()
        .for_each(|waker| _ = wake_catching(waker));
}

/// Until this is dropped, this thread calls `tracing`, and so the code that receives records and spans, such as a layer.
/// Such code is user code: it may emit, and the caller may own handlers.
pub(crate) struct TracingCall(PhantomData<*const ()>);

impl TracingCall {
    /// For a call that must not be omitted, such as that which leaves a span.
    pub(crate) fn enter() -> Self {
        CALLS.set(CALLS.get() + 1);
        Self(PhantomData)
    }

    /// `None` if [`MAX_NESTED_CALLS`] are nested on this thread: a layer that emits for each record or span would recurse
    /// without end, since what it emits is recorded as well.
    fn try_enter() -> Option<Self> {
        (CALLS.get() < MAX_NESTED_CALLS).then(Self::enter)
    }
}

impl Drop for TracingCall {
    fn drop(&mut self) {
        CALLS.set(CALLS.get() - 1);
    }
}

/// Whether code that receives records and spans of this crate runs on this thread.
pub(crate) fn is_in_tracing_call() -> bool {
    CALLS.get() > 0
}

/// Calls a function that records for `tracing`, and catches a panic of the code that receives the record, such as a
/// tracing layer. All records of this crate are written through this: something may be lost if one unwinds. A record is
/// omitted if [`MAX_NESTED_CALLS`] are nested.
pub(crate) fn catch_record(record: impl FnOnce()) {
    catch_tracing(record);
}

/// Calls a function that calls `tracing`, and catches its panic. Returns `None` if it panicked, and if it was not called
/// because [`MAX_NESTED_CALLS`] are nested.
pub(crate) fn catch_tracing<T>(call: impl FnOnce() -> T) -> Option<T> {
    catch_nested(call)?.map_err(drop_catching).ok()
}

/// Calls a function that calls `tracing`, unless too many such calls are nested.
fn catch_nested<T>(call: impl FnOnce() -> T) -> Option<thread::Result<T>> {
    let _call = TracingCall::try_enter()?;
    Some(catch_unwind(AssertUnwindSafe(call)))
}

/// Logs a panic that was caught. The payload is leaked, because dropping it might panic as well; so might
/// the code that records it.
#[cold]
#[inline(never)]
fn log(message: &'static str, value: &'static str, payload: Box<dyn Any + Send>) {
    let logged = catch_nested(|| {
        let panic = payload_as_str(&*payload).unwrap_or("no message");
        tracing::error!(target: "events_core", value, panic, "{message}");
    });
    mem::forget((payload, logged));
}

/// The message of a panic, if it is a text.
pub(crate) fn payload_as_str(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// A value of a user type that catches a panic of the value's `Drop`. So a collection of these drops each of
/// its values by itself.
#[derive(Clone)]
pub(crate) struct CatchDrop<T>(
    /// `None` while this is dropped.
    Option<T>,
);

impl<T> CatchDrop<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The value, whose `Drop` is no longer caught.
    pub(crate) fn into_inner(mut self) -> T {
        match self.0.take() {
            Some(value) => value,
            None => unreachable!("the value is taken once"),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for CatchDrop<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Deref for CatchDrop<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => unreachable!("the value is taken when this is dropped"),
        }
    }
}

impl<T> DerefMut for CatchDrop<T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.0 {
            Some(value) => value,
            None => unreachable!("the value is taken when this is dropped"),
        }
    }
}

impl<T> Drop for CatchDrop<T> {
    fn drop(&mut self) {
        clear_catching(&mut self.0);
    }
}
