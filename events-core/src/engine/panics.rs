//! Panics of handlers: where they happened, and their backtrace.
//!
//! When a panic is caught its stack is gone; only the panic hook sees it. So the first subscription
//! puts a hook before the one that is installed, which it still calls: it notes the place of a
//! panic that happens inside an emit. A program that replaces the hook later loses the place and
//! the backtrace in our records, nothing else.

use std::{any::Any, backtrace::Backtrace, cell::RefCell, panic, sync::Once, thread};

use crate::{
    handler::is_emitting,
    words::{Panic, message_of},
};

thread_local! {
    static LAST: RefCell<Option<(String, Backtrace)>> = const { RefCell::new(None) };
}

/// Installs the hook, the first time that it is called.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    if thread::panicking() || ONCE.is_completed() {
        return; // the hook cannot be set by a thread that panics; the next subscription will
    }
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_emitting() {
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
    let location = location.to_string();
    let trace = Backtrace::capture();
    let _ = LAST.try_with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            *last = Some((location, trace));
        }
    });
}

/// The caught panic, with what the hook noted of it.
pub(super) fn caught(payload: Box<dyn Any + Send>) -> Panic {
    let noted = LAST.try_with(RefCell::take).ok().flatten();
    let (location, backtrace) = noted.unzip();
    Panic::new(message_of(payload), location, backtrace)
}
