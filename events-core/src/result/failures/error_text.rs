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

/// The error and its sources in one line. A source that ends the text already is not repeated: many errors show their source
/// themselves, as `database error: no such table` does.
pub(crate) fn error_text(error: &(dyn Error + 'static)) -> String {
    let mut text = display_catching(error);
    let mut source = source_catching(error);
    for _ in 0..MAX_SOURCES {
        let Some(error) = source else { break };
        let shown = display_catching(error);
        if !is_end_of(&shown, &text) {
            text.push_str(", caused by: ");
            text.push_str(&shown);
        }
        source = source_catching(error);
    }
    text
}

/// Whether the text of a source is all of a text, or its end behind a colon.
fn is_end_of(source: &str, text: &str) -> bool {
    text.strip_suffix(source)
        .is_some_and(|before| before.is_empty() || before.ends_with(": "))
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
