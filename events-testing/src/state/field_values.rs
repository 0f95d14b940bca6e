//! The fields of an event as text. The value of a secret field is not shown.

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
};

use events_core::{__testing::one_line, AnyEvent};
use unicode_width::UnicodeWidthChar as _;

/// The number of columns after which a value is cut, so that a report fits a terminal.
const MAX_VALUE_WIDTH: usize = 60;

/// The number of bytes after which a value is cut in any case: some characters have no width.
const MAX_VALUE_BYTES: usize = 1000;

/// ` { email: "a@x.org", password: [redacted], .. }`, `(7)`, or nothing when it has no fields.
///
/// Shows values of the types that [`value`] lists, and `..` for any other type, which need not be `Debug`.
pub(crate) fn fields_text(event: &dyn AnyEvent) -> String {
    let names = event.__names();
    let is_tuple = names.first().is_some_and(|(name, _)| *name == "0");
    let fields = names.iter().map(|(name, is_secret)| {
        let value = if *is_secret {
            "[redacted]".to_owned()
        } else {
            value(event, name).unwrap_or_else(|| "..".to_owned())
        };
        if is_tuple {
            value
        } else {
            format!("{}: {value}", one_line(name))
        }
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    match (fields.is_empty(), is_tuple) {
        (true, _) => fields,
        (false, true) => format!("({fields})"),
        (false, false) => format!(" {{ {fields} }}"),
    }
}

/// The text of a field, if it has one of the types below, or is an `Option` or a `Vec` of one.
fn value(event: &dyn AnyEvent, name: &str) -> Option<String> {
    macro_rules! first_type {
        ($($type:ty),* $(,)?) => {
            None$(
                .or_else(|| event.arg::<$type>(name).map(short_text))
                .or_else(|| event.arg::<Option<$type>>(name).map(short_text))
                .or_else(|| event.arg::<Vec<$type>>(name).map(short_text))
            )*
        };
    }
    first_type!(
        String,
        &'static str,
        bool,
        char,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        f32,
        f64,
        std::time::Duration,
        PathBuf,
    )
}

/// The `Debug` text of a value, which is cut while it is written: what is behind the cut is not formatted.
fn short_text(value: &impl Short) -> String {
    let mut cut = Cut {
        text: String::new(),
        left: MAX_VALUE_WIDTH,
    };
    if value.write(&mut cut).is_err() {
        cut.text.push_str("..");
    }
    cut.text
}

/// A text that refuses more columns than it may have.
struct Cut {
    text: String,
    left: usize,
}

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let width = character.width().unwrap_or(0);
            if width > self.left || self.text.len() >= MAX_VALUE_BYTES {
                return Err(fmt::Error);
            }
            self.text.push(character);
            self.left -= width;
        }
        Ok(())
    }
}

/// A value whose `Debug` text can be cut.
trait Short {
    fn write(&self, to: &mut Cut) -> fmt::Result;
}

impl Short for str {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        // `Debug` of a text searches all of it for characters to escape, so it gets a part that is too long.
        match self.char_indices().nth(MAX_VALUE_BYTES) {
            None => write!(to, "{self:?}"),
            Some((end, _)) => write!(to, "{:?}", &self[..end]).and(Err(fmt::Error)),
        }
    }
}

impl Short for String {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        Short::write(self.as_str(), to)
    }
}

impl Short for &'static str {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        Short::write(*self, to)
    }
}

impl Short for PathBuf {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        match self.to_str() {
            Some(text) => Short::write(text, to),
            None => write!(to, "{self:?}"),
        }
    }
}

impl<T: Short> Short for Option<T> {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        let Some(value) = self else {
            return to.write_str("None");
        };
        to.write_str("Some(")?;
        Short::write(value, to)?;
        to.write_str(")")
    }
}

impl<T: Short> Short for Vec<T> {
    fn write(&self, to: &mut Cut) -> fmt::Result {
        to.write_str("[")?;
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                to.write_str(", ")?;
            }
            Short::write(value, to)?;
        }
        to.write_str("]")
    }
}

macro_rules! short_as_they_are {
    ($($type:ty)*) => {
        $(
            impl Short for $type {
                fn write(&self, to: &mut Cut) -> fmt::Result {
                    write!(to, "{self:?}")
                }
            }
        )*
    };
}

short_as_they_are!(
    bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 std::time::Duration
);

#[cfg(test)]
mod tests {
    use std::{cell::Cell, fmt, fmt::Write as _, path::PathBuf};

    use super::{Cut, MAX_VALUE_WIDTH, Short, short_text};

    #[test]
    fn the_text_is_that_of_debug_up_to_its_limit() {
        fn check(value: &(impl Short + fmt::Debug)) {
            let whole = format!("{value:?}");
            let cut: String = whole.chars().take(MAX_VALUE_WIDTH).collect();
            let is_cut = cut.len() < whole.len();
            let expected = if is_cut { cut + ".." } else { cut };
            assert_eq!(short_text(value), expected);
        }
        for length in [0, 1, 57, 58, 59, 60, 61, 62, 63, 1000] {
            check(&"x".repeat(length));
            check(&"\u{e4}".repeat(length));
            check(&"\n".repeat(length));
            check(&Some("\"".repeat(length)));
            check(&PathBuf::from("x".repeat(length)));
            check(&vec![u64::MAX; length]);
            check(&vec![Some("a".repeat(length)), None]);
        }
        check(&None::<u8>);
        check(&f64::MIN);
    }

    #[test]
    fn a_value_is_cut_by_columns() {
        for (value, shown) in [
            ("\u{6ce8}".repeat(29), 29), // two columns each, and two quotes
            ("\u{6ce8}".repeat(30), 29),
            ("\u{6ce8}".repeat(1000), 29),
        ] {
            let text = short_text(&value);
            let text = text.trim_matches(['"', '.']);
            assert_eq!(text.chars().count(), shown, "{text}");
        }
        // `Debug` escapes these, and leaves the joiners as they are, which have no width.
        for endless in ["\u{301}", "\u{34f}", "\u{115f}"] {
            assert!(short_text(&endless.repeat(1 << 20)).len() < 2000);
        }
    }

    thread_local! {
        static FORMATTED: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts how many values are formatted.
    struct Counted;

    impl Short for Counted {
        fn write(&self, to: &mut Cut) -> fmt::Result {
            FORMATTED.set(FORMATTED.get() + 1);
            to.write_str("c")
        }
    }

    #[test]
    fn what_is_behind_the_cut_is_not_formatted() {
        for (count, formatted) in [(1, 1), (19, 19), (40_000, 20)] {
            FORMATTED.set(0);
            let values: Vec<_> = (0..count).map(|_| Counted).collect();
            short_text(&values);
            assert_eq!(FORMATTED.get(), formatted, "{count} values");
        }
    }
}
