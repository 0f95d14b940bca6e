//! Patterns of topics: regular expressions that match a whole topic.

use std::{borrow::Cow, error::Error, fmt};

use regex::Regex;

/// A regular expression that is matched against a whole topic.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Cow<'static, str>,
    regex: Regex,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// When the text is not a regular expression.
    pub fn new(text: Cow<'static, str>) -> Result<Self, PatternError> {
        let pattern_error = |error: regex::Error| PatternError {
            text: error.to_string(),
        };
        // The text alone comes first: an error then shows the text as it was written, and a text such
        // as `a)(b`, which is valid only inside the group below, is an error.
        Regex::new(&text).map_err(pattern_error)?;
        let whole = Regex::new(&format!(r"\A(?:{text})\z"));
        // In verbose mode the text may end in a comment, which the line feed ends.
        let regex = whole.or_else(|_| Regex::new(&format!("\\A(?:{text}\n)\\z")));
        Ok(Self {
            regex: regex.map_err(pattern_error)?,
            text,
        })
    }

    /// Whether it matches the whole topic. The time is proportional to the length of the topic.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        self.regex.is_match(topic)
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &Cow<'static, str> {
        &self.text
    }
}

/// A pattern as an attribute writes it: its syntax and its text.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum PatternText {
    /// A regular expression.
    Regex(&'static str),
}

impl PatternText {
    /// The text as it was written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Regex(text) => text,
        }
    }

    /// Compiles the pattern.
    ///
    /// # Errors
    ///
    /// When the text is not valid in its syntax.
    pub fn compile(self) -> Result<Pattern, PatternError> {
        match self {
            Self::Regex(text) => Pattern::new(text.into()),
        }
    }
}

/// A pattern of topics that is not a regular expression.
///
/// `Display` shows the position of the mistake in the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    text: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the pattern of topics is not a regular expression: {}",
            self.text
        )
    }
}

impl Error for PatternError {}
