//! A text that was set at run time, such as a topic, within a text that this crate writes: on one line, without
//! control characters, and of a limited length.

use std::{borrow::Cow, fmt::Write as _};

/// The number of characters after which a text is cut.
const MAX_CHARS: usize = 200;

/// The text with its control characters escaped as in Rust source, such as `\n` and `\u{1b}`. A text with more
/// than 200 characters is cut, and its length follows.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let cut = text.char_indices().nth(MAX_CHARS).map(|(end, _)| end);
    if cut.is_none() && !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut line = String::new();
    for letter in text[..cut.unwrap_or(text.len())].chars() {
        if is_escaped(letter) {
            line.extend(letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    if cut.is_some() {
        let _ = write!(line, ".. ({} bytes)", text.len());
    }
    Cow::Owned(line)
}

/// Whether it changes how a terminal or an editor shows the text after it: a control character, a separator of
/// lines or paragraphs, or one that changes the direction of writing.
fn is_escaped(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}
