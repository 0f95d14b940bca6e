//! The text of a chain of nested emits.

use std::{borrow::Cow, fmt};

use crate::primitives::one_line;

/// Writes the topics of nested emits, outermost first. A topic that repeats is written once, with its count.
pub(super) fn fmt_chain(f: &mut fmt::Formatter<'_>, chain: &[Cow<'static, str>]) -> fmt::Result {
    let mut repeats = chain.chunk_by(|one, next| one == next).peekable();
    while let Some(repeat) = repeats.next() {
        f.write_str(&one_line(&repeat[0]))?;
        if repeat.len() > 1 {
            write!(f, " (x{})", repeat.len())?;
        }
        if repeats.peek().is_some() {
            f.write_str(" -> ")?;
        }
    }
    Ok(())
}
