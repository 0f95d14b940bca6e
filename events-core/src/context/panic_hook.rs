//! Panics of handlers: where they happened, and their backtrace.
//!
//! When a panic is caught its stack is gone; only the panic hook sees it. So the first subscription
//! puts a hook before the one that is installed, which it still calls: it notes the place of a
//! panic that happens inside an emit. A program that replaces the hook later loses the place and
//! the backtrace in our records, nothing else.

use std::{any::Any, backtrace::Backtrace, cell::RefCell, panic, sync::Once, thread};

use super::emit_stack;
use crate::{primitives::drop_catching, result::Panic};

thread_local! {
    static LAST: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

/// What the hook saw of a panic.
struct Noted {
    message: Option<String>,
    location: String,
    backtrace: Backtrace,
}

/// Installs the hook, the first time that it is called.
pub(crate) fn install_hook() {
    static ONCE: Once = Once::new();
    if thread::panicking() || ONCE.is_completed() {
        return; // the hook cannot be set by a thread that panics; the next subscription will
    }
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if emit_stack::depth() > 0 {
                note(info);
            }
            hook(info);
        }));
    });
}

fn note(info: &panic::PanicHookInfo<'_>) {
    let Some(location) = info.location() else {
        return;
    };
    let noted = Noted {
        message: info.payload_as_str().map(str::to_owned),
        location: location.to_string(),
        backtrace: Backtrace::capture(),
    };
    let _ = LAST.try_with(|last| last.replace(Some(noted)));
}

/// The caught panic, with what the hook noted of it.
pub(crate) fn into_panic(payload: Box<dyn Any + Send>) -> Panic {
    let message = payload_as_str(&*payload).map(str::to_owned);
    // A handler may have caught the noted one itself; the one that got here may have been resumed,
    // which no hook sees.
    let noted = LAST.try_with(RefCell::take).ok().flatten();
    let noted = noted.filter(|noted| noted.message == message);
    let (location, backtrace) = noted.map(|noted| (noted.location, noted.backtrace)).unzip();
    drop_catching(payload);
    Panic::new(message, location, backtrace)
}

fn payload_as_str(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}
