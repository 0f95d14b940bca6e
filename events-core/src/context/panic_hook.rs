//! Where panics of handlers happened, and their backtraces.
//!
//! When a panic is caught, its stack is already unwound; only the panic hook runs before that. So the
//! first subscription installs a hook that records the location of a panic inside an emit, or in other user code
//! that this crate calls, and then calls the hook that was installed before. If the program replaces the hook later, the location and
//! the backtrace are missing in the records of this crate, and nothing else changes.

use std::{
    any::Any,
    backtrace::Backtrace,
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
    thread,
};

use super::emit_stack;
use crate::{
    primitives::{drop_catching, payload_as_str},
    result::Panic,
};

thread_local! {
    /// Whether the hook ignores panics of this thread, which are caught.
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
    /// Whether user code runs whose panics are caught, maybe outside of an emit.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<RecordedPanic>> = const { RefCell::new(None) };
}

/// What the hook recorded of a panic.
struct RecordedPanic {
    message: Option<String>,
    location: String,
    backtrace: Backtrace,
}

/// Installs the hook when it is called for the first time.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    if thread::panicking() || ONCE.is_completed() {
        return; // a thread that panics cannot set the hook; the next subscription sets it
    }
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_SILENT.get() {
                return;
            }
            if emit_stack::depth() > 0 || IS_CAUGHT.get() {
                record_panic(info);
            }
            hook(info);
        }));
    });
}

fn record_panic(info: &panic::PanicHookInfo<'_>) {
    let Some(location) = info.location() else {
        return;
    };
    let recorded = RecordedPanic {
        message: info.payload_as_str().map(str::to_owned),
        location: location.to_string(),
        backtrace: Backtrace::capture(),
    };
    let _ = LAST_PANIC.try_with(|last| last.replace(Some(recorded)));
}

/// Calls user code and catches its panic.
pub(crate) fn catch_panic<T>(f: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(f)).map_err(into_panic)
}

/// [`catch_panic`] of user code that is not called in an emit: a function of a unit of work.
pub(crate) fn catch_panic_outside<T>(f: impl FnOnce() -> T) -> Result<T, Panic> {
    let outer = IS_CAUGHT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(f));
    IS_CAUGHT.set(outer);
    result.map_err(into_panic)
}

/// Whether the function panics. Its panic is not shown, if the hook of this crate is installed.
pub fn panics_silently(f: impl FnOnce()) -> bool {
    IS_SILENT.set(true);
    let result = catch_unwind(AssertUnwindSafe(f));
    IS_SILENT.set(false);
    result.map_err(drop_catching).is_err()
}

/// Converts the payload of a caught panic, and adds what the hook recorded of it.
pub(crate) fn into_panic(payload: Box<dyn Any + Send>) -> Panic {
    let message = payload_as_str(&*payload).map(str::to_owned);
    // `resume_unwind` calls no hook: if it raised this panic, the recorded one is another, which the
    // handler caught itself.
    let recorded = LAST_PANIC.try_with(RefCell::take).ok().flatten();
    let recorded = recorded.filter(|recorded| recorded.message == message);
    let (location, backtrace) = recorded
        .map(|recorded| (recorded.location, recorded.backtrace))
        .unzip();
    drop_catching(payload);
    Panic::new(message, location, backtrace)
}
