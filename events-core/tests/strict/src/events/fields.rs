//! Fields with every option, and fields with difficult names.

#![forbid(deprecated)]

use std::{borrow::Cow, time::Duration};

use events_core::Event;

/// The size of a page.
pub const SIZE: usize = 4096;

/// A default that a function returns.
const fn value() -> u8 {
    7
}

/// Every option of a field.
#[derive(Event, Debug, Clone)]
pub struct Options {
    /// No option at all.
    pub plain: u64,
    /// Converted.
    #[event(into)]
    pub name: String,
    /// Has the default of its type.
    #[event(default)]
    pub attempts: u32,
    /// Has an expression as its default.
    #[event(default = SIZE * 2)]
    pub size: usize,
    /// Has a default from a function that is named like a variable of the builder.
    #[event(default = value())]
    pub level: u8,
    /// Converted, and has a default.
    #[event(into, default)]
    pub host: Cow<'static, str>,
    /// Optional.
    pub referrer: Option<String>,
    /// Optional and converted.
    #[event(into)]
    pub agent: Option<String>,
    /// A required `Option`.
    #[event(required)]
    pub timeout: Option<Duration>,
    /// Redacted in all output.
    #[event(secret)]
    pub password: String,
    /// Deprecated.
    #[deprecated = "use `plain`"]
    #[event(default)]
    pub old: u8,
}

/// Fields that are named like methods and parameters of the builder.
#[derive(Event, Debug)]
pub struct Difficult {
    /// Like a finisher.
    pub build: u8,
    /// Like the constructor of the builder.
    pub builder: u8,
    /// Like a finisher.
    pub emit: u8,
    /// Like a finisher.
    pub emit_from: u8,
    /// Like a finisher.
    pub try_emit: u8,
    /// Like a finisher.
    pub try_emit_from: u8,
    /// Like a finisher.
    pub emit_async: u8,
    /// Like a finisher.
    pub enqueue: u8,
    /// Like a function of the trait.
    pub topic: u8,
    /// Like a function of the trait.
    pub info: u8,
    /// Like the receiver.
    pub self_: u8,
    /// Like a parameter.
    pub value: u8,
    /// Like a parameter.
    pub origin: u8,
    /// Like a parameter.
    pub event: u8,
    /// A keyword.
    pub r#type: u8,
    /// A keyword.
    pub r#fn: u8,
}

/// Fields that are named like methods for which a lint expects a signature.
#[derive(Event, Debug)]
pub struct Conventions {
    /// A method of this name takes `&self`.
    pub is_new: bool,
    /// A method of this name takes `&self`.
    pub as_text: u8,
    /// A method of this name takes `self`.
    pub into_text: u8,
    /// A function of this name takes no `self`.
    pub from_text: u8,
    /// A method of this name takes `&self`.
    pub to_text: u8,
    /// A function of this name returns `Self`.
    pub new: u8,
    /// A method of a trait.
    pub default: u8,
    /// A method of a trait.
    pub next: u8,
    /// A method of a trait.
    pub add: u8,
    /// A method of a trait.
    pub not: u8,
    /// A method of a trait.
    pub clone: u8,
    /// A method of a trait.
    pub eq: u8,
    /// A method of a trait.
    pub drop: u8,
}
