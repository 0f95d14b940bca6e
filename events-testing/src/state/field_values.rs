//! The fields of an event in words. What is secret stays so.

use std::fmt::Debug;

use events_core::AnyEvent;

/// A longer text is cut: a report is read in a terminal.
const LONGEST: usize = 60;

/// ` { email: "a@x.org", password: [redacted], .. }`, `(7)`, or nothing when it has no fields.
///
/// Numbers, texts and the like are written down; of other types nothing is known, not even whether they
/// are `Debug`, so `..` stands there.
pub(crate) fn describe(event: &dyn AnyEvent) -> String {
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

/// The value of a field, if it is of a type that can be written down.
fn value(event: &dyn AnyEvent, name: &str) -> Option<String> {
    macro_rules! first {
        ($($type:ty),* $(,)?) => {
            None$(
                .or_else(|| event.arg::<$type>(name).map(written))
                .or_else(|| event.arg::<Option<$type>>(name).map(written))
                .or_else(|| event.arg::<Vec<$type>>(name).map(written))
            )*
        };
    }
    first!(
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

fn written(value: &impl Debug) -> String {
    let mut text = format!("{value:?}");
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("..");
    }
    text
}
