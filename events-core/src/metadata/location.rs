//! Positions in the source.

use std::fmt;

/// A position in the source: file, line and column. Lines and columns are counted from 1.
///
/// Displayed as `file:line`, the form that terminals and editors turn into a link.
///
/// ```
/// use events_core::{Event, info::Location};
///
/// #[derive(Event)]
/// struct Saved;
///
/// let declared: Location = Saved::info().location();
/// let here = Location::from(std::panic::Location::caller());
/// assert_eq!(here.file(), declared.file());
/// assert!(here > declared); // it is on a later line
/// assert_eq!(here.to_string(), format!("{}:{}", here.file(), here.line()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    file: &'static str,
    line: u32,
    column: u32,
}

impl Location {
    /// Creates a location.
    #[must_use]
    pub const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    /// The path of the file, as it was passed to the compiler.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl From<&'static std::panic::Location<'static>> for Location {
    fn from(location: &'static std::panic::Location<'static>) -> Self {
        Self::new(location.file(), location.line(), location.column())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
