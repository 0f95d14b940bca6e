//! Rows of values, as an aligned table or as JSON.

use std::{
    fmt::{self, Write},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

/// The longest text of a cell, in characters.
const LONGEST: usize = 80;

/// A column: its title in the table, and its name in JSON.
pub(super) struct Column(pub(super) &'static str, pub(super) &'static str);

/// A value.
pub(super) enum Cell {
    Text(String),
    Count(u64),
    /// A number that names something.
    Number(i64),
    Flag(bool),
    Time(SystemTime),
    /// An age; in JSON in seconds.
    Age(Duration),
    Nothing,
}

impl Cell {
    pub(super) fn optional<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, cell)
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => cut(text),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) | Self::Nothing => "-".to_owned(),
            Self::Time(time) => time_text(*time),
            Self::Age(age) => {
                humantime::format_duration(Duration::from_secs(age.as_secs())).to_string()
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Count(count) => (*count).into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Time(_) => self.text().into(),
            Self::Age(age) => age.as_secs_f64().into(),
            Self::Nothing => Value::Null,
        }
    }

    fn is_right(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Number(_))
    }
}

/// A time that has no text, after the year 9999, is shown as its seconds.
fn time_text(time: SystemTime) -> String {
    let mut text = String::new();
    let printed = write!(text, "{}", humantime::format_rfc3339_millis(time));
    match printed {
        Ok(()) => text,
        Err(fmt::Error) => {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            format!("{}s", since.as_secs())
        }
    }
}

/// Without control characters, which could change what a terminal shows, and not too long.
fn cut(text: &str) -> String {
    let mut printed = text
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char });
    let mut cut: String = printed.by_ref().take(LONGEST).collect();
    if printed.next().is_some() {
        cut.push('…');
    }
    cut
}

/// An aligned table with its titles.
pub(super) fn text(columns: &[Column], rows: &[Vec<Cell>]) -> String {
    let titles: Vec<String> = columns.iter().map(|column| column.0.to_owned()).collect();
    let cells = rows.iter().map(|row| row.iter().map(Cell::text).collect());
    let lines: Vec<Vec<String>> = std::iter::once(titles).chain(cells).collect();
    let width = |index: usize| lines.iter().map(|line| line[index].width()).max();
    let widths: Vec<usize> = (0..columns.len()).filter_map(width).collect();
    let is_right = |index: usize| rows.first().is_some_and(|row| row[index].is_right());
    let mut text = String::new();
    for line in &lines {
        let mut printed = String::new();
        for (index, cell) in line.iter().enumerate() {
            let pad = " ".repeat(widths[index] - cell.width());
            let (before, after) = if is_right(index) {
                (&*pad, "")
            } else {
                ("", &*pad)
            };
            printed.push_str(&format!("{before}{cell}{after}  "));
        }
        text.push_str(printed.trim_end());
        text.push('\n');
    }
    text
}

/// An array of objects, in one line.
pub(super) fn json(columns: &[Column], rows: &[Vec<Cell>]) -> String {
    let object = |row: &Vec<Cell>| {
        let names = columns.iter().map(|column| column.1.to_owned());
        Value::Object(names.zip(row.iter().map(Cell::json)).collect::<Map<_, _>>())
    };
    format!("{}\n", Value::Array(rows.iter().map(object).collect()))
}
