//! The text of an error, with its chain of sources.
//!
//! An error's `Display` and `source` are user code and may panic, and so may the `Drop` of the panic's
//! payload. They are called only inside `catch_unwind`.

use std::{
    error::Error,
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::primitives::drop_catching;

/// The maximum number of sources shown of an error, so that a cyclic chain of sources ends.
const MAX_SOURCES: usize = 32;

/// The error and its sources in one line.
pub(super) fn error_text(error: &(dyn Error + 'static)) -> String {
    let mut text = display_catching(error);
    let mut source = source_catching(error);
    for _ in 0..MAX_SOURCES {
        let Some(error) = source else { break };
        text.push_str(", caused by: ");
        text.push_str(&display_catching(error));
        source = source_catching(error);
    }
    text
}

fn display_catching(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    match catch_unwind(AssertUnwindSafe(|| write!(text, "{error}"))) {
        Ok(Ok(())) => {}
        Ok(Err(_)) => text.push_str("[its Display failed]"),
        Err(payload) => {
            drop_catching(payload);
            text.push_str("[its Display panicked]");
        }
    }
    text
}

fn source_catching<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    catch_unwind(AssertUnwindSafe(|| error.source())).unwrap_or_else(|payload| {
        drop_catching(payload);
        None
    })
}
