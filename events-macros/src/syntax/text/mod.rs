//! Types as text.

mod one_line;
pub(crate) mod type_text;
