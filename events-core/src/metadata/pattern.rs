//! Patterns of topics: regular expressions that match a topic as a whole.

use std::{borrow::Cow, error::Error, fmt};

use regex::Regex;

/// A regular expression that is matched against a whole topic.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Cow<'static, str>,
    regex: Regex,
}

impl Pattern {
    /// Of this text.
    ///
    /// # Errors
    ///
    /// When it is no regular expression.
    pub fn new(text: Cow<'static, str>) -> Result<Self, PatternError> {
        let told = |error: regex::Error| PatternError {
            text: error.to_string(),
        };
        // By itself first: what is wrong is to be told of the text that was written. And a bracket
        // that closes what is put around it is wrong.
        Regex::new(&text).map_err(told)?;
        let whole = Regex::new(&format!(r"\A(?:{text})\z"));
        // In verbose mode the text may end in a comment.
        let regex = whole.or_else(|_| Regex::new(&format!("\\A(?:{text}\n)\\z")));
        Ok(Self {
            regex: regex.map_err(told)?,
            text,
        })
    }

    /// Takes time in proportion to the length of the topic.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        self.regex.is_match(topic)
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &Cow<'static, str> {
        &self.text
    }
}

/// A pattern of topics that is no regular expression.
///
/// `Display` shows where in the pattern the mistake is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    text: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the pattern of topics is no regular expression: {}",
            self.text
        )
    }
}

impl Error for PatternError {}
