//! Patterns of topics: regular expressions that match a whole topic.

use std::{borrow::Cow, collections::BTreeMap, error::Error, fmt};

use regex::{Regex, RegexBuilder};

use crate::primitives::sync::{Mutex, lock};

/// A pattern of topics: a regular expression that must match a whole topic, or one exact topic.
///
/// The syntax is that of the crate [`regex`](https://docs.rs/regex#syntax), with all of Unicode. `.` is any character,
/// also a line break.
///
/// ```
/// use events_core::subscribing::Pattern;
///
/// let pattern = Pattern::new("user.created".into())?;
/// assert!(pattern.matches("user.created") && pattern.matches("user_created"));
///
/// let exact = Pattern::exact("user.created");
/// assert!(exact.matches("user.created") && !exact.matches("user_created"));
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Cow<'static, str>,
    /// `None` for one exact topic.
    regex: Option<Regex>,
}

impl Pattern {
    /// The pattern that matches this topic and no other, whatever characters it has.
    #[must_use]
    pub fn exact(topic: impl AsRef<str>) -> Self {
        Self {
            text: topic.as_ref().to_owned().into(),
            regex: None,
        }
    }

    /// Whether it is that of one topic, and no regular expression.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.regex.is_none()
    }

    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// When the text is not a regular expression, or its compiled form is too large.
    pub fn new(text: Cow<'static, str>) -> Result<Self, PatternError> {
        let pattern_error = |error: regex::Error| PatternError {
            text: match error {
                regex::Error::CompiledTooBig(limit) => format!(
                    "the pattern of topics is too large: its compiled form exceeds the size limit of {limit} bytes"
                ),
                error => format!("the pattern of topics is not a regular expression: {error}"),
            },
        };
        // The text alone comes first: an error then shows the text as it was written, and a text such
        // as `a)(b`, which is valid only inside the group below, is an error.
        compile(&text).map_err(pattern_error)?;
        let whole = compile(&format!(r"\A(?:{text})\z"));
        // In verbose mode the text may end in a comment, which the line feed ends.
        let regex = whole.or_else(|_| compile(&format!("\\A(?:{text}\n)\\z")));
        Ok(Self {
            regex: Some(regex.map_err(pattern_error)?),
            text,
        })
    }

    /// Whether it matches the whole topic. The time is proportional to the length of the topic.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(topic),
            None => self.text == topic,
        }
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &Cow<'static, str> {
        &self.text
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).dot_matches_new_line(true).build()
}

/// What can be written as a pattern of topics: a text, which is a regular expression, or a [`Pattern`].
///
/// ```
/// use events_core::{
///     AnyEvent, Registry, Subscription, args, subscribing::{IntoPattern, Pattern, PatternError},
/// };
///
/// fn audit(registry: &Registry, topics: impl IntoPattern) -> Result<Subscription, PatternError> {
///     registry.on_topic(topics, |event: &dyn AnyEvent| println!("{}", event.topic()))
/// }
///
/// let registry = Registry::new();
/// audit(&registry, "user::.*")?.detach();
/// audit(&registry, Pattern::exact("user::logged_in"))?.detach();
/// assert_eq!(registry.try_emit_topic("user::logged_in", args! {}).unwrap().ran(), 2);
/// assert_eq!(registry.try_emit_topic("user::logged_out", args! {}).unwrap().ran(), 1);
/// # Ok::<(), PatternError>(())
/// ```
pub trait IntoPattern {
    /// The pattern.
    ///
    /// # Errors
    ///
    /// When it is a text, and that is not a regular expression, or too large.
    fn into_pattern(self) -> Result<Pattern, PatternError>;
}

impl<T: AsRef<str>> IntoPattern for T {
    fn into_pattern(self) -> Result<Pattern, PatternError> {
        Pattern::new(self.as_ref().to_owned().into())
    }
}

impl IntoPattern for Pattern {
    fn into_pattern(self) -> Result<Pattern, PatternError> {
        Ok(self)
    }
}

/// A pattern as an attribute writes it: its syntax and its text.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum PatternText {
    /// A regular expression.
    Regex(&'static str),
    /// A topic.
    Exact(&'static str),
}

impl PatternText {
    /// The text as it was written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Regex(text) | Self::Exact(text) => text,
        }
    }

    /// Compiles the pattern, once for the whole process: scans, registries and explanations all need it.
    ///
    /// # Errors
    ///
    /// When the text is not valid in its syntax.
    pub fn compile(self) -> Result<Pattern, PatternError> {
        match self {
            Self::Regex(text) => {
                static COMPILED: Mutex<BTreeMap<&str, Result<Pattern, PatternError>>> =
                    Mutex::new(BTreeMap::new());
                let mut compiled = lock(&COMPILED);
                let pattern = compiled.entry(text);
                pattern.or_insert_with(|| Pattern::new(text.into())).clone()
            }
            Self::Exact(topic) => Ok(Pattern::exact(topic)),
        }
    }
}

/// A pattern of topics that is not a regular expression, or is too large to be compiled.
///
/// `Display` shows the position of a mistake in the pattern.
///
/// ```
/// use events_core::{AnyEvent, Registry, Subscription, subscribing::PatternError};
///
/// /// Subscribes an audit to the topics in a configuration file.
/// fn audit(registry: &Registry, topics: &str) -> Result<Subscription, PatternError> {
///     registry.on_topic(topics, |event: &dyn AnyEvent| println!("{}", event.topic()))
/// }
///
/// let registry = Registry::new();
/// assert!(audit(&registry, "shop::(orders|returns)::.*").is_ok());
///
/// let error = audit(&registry, "shop::(orders").unwrap_err();
/// let text = error.to_string();
/// assert!(text.starts_with("the pattern of topics is not a regular expression"));
/// assert!(text.ends_with("unclosed group"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    text: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for PatternError {}
