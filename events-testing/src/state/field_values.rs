//! The fields of an event as text. The value of a secret field is not shown.

use std::fmt::Debug;

use events_core::AnyEvent;

/// The number of characters after which a value is cut, so that a report fits a terminal.
const MAX_VALUE_CHARS: usize = 60;

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
            format!("{name}: {value}")
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
                .or_else(|| event.arg::<$type>(name).map(debug_text))
                .or_else(|| event.arg::<Option<$type>>(name).map(debug_text))
                .or_else(|| event.arg::<Vec<$type>>(name).map(debug_text))
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
        std::path::PathBuf,
    )
}

fn debug_text(value: &impl Debug) -> String {
    let mut text = format!("{value:?}");
    if let Some((end, _)) = text.char_indices().nth(MAX_VALUE_CHARS) {
        text.truncate(end);
        text.push_str("..");
    }
    text
}
