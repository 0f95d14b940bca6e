//! Fields with every option, and fields with difficult names.

#![forbid(deprecated)]

use std::{borrow::Cow, time::Duration};

use events_core::Event;

/// The size of a page.
pub const SIZE: usize = 4096;

/// What is taken when nothing is told.
fn value() -> u8 {
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
    /// Made when it is not given.
    #[event(default)]
    pub attempts: u32,
    /// Made of an expression.
    #[event(default = SIZE * 2)]
    pub size: usize,
    /// Made by a function that is called as a variable of the builder might be.
    #[event(default = value())]
    pub level: u8,
    /// Converted, and made when it is not given.
    #[event(into, default)]
    pub host: Cow<'static, str>,
    /// May be left out.
    pub referrer: Option<String>,
    /// May be left out, and is converted.
    #[event(into)]
    pub agent: Option<String>,
    /// May not be left out.
    #[event(required)]
    pub timeout: Option<Duration>,
    /// Shown nowhere.
    #[event(secret)]
    pub password: String,
    /// Nobody should use it.
    #[deprecated = "use `plain`"]
    #[event(default)]
    pub old: u8,
}

/// Fields that are called as methods and parameters of the builder are.
#[derive(Event, Debug)]
pub struct Difficult {
    /// As the finisher.
    pub build: u8,
    /// As the entrance.
    pub builder: u8,
    /// As the finisher.
    pub emit: u8,
    /// As the finisher.
    pub emit_from: u8,
    /// As the finisher.
    pub try_emit: u8,
    /// As the finisher.
    pub try_emit_from: u8,
    /// As the finisher.
    pub emit_async: u8,
    /// As the finisher.
    pub enqueue: u8,
    /// As the function of the trait.
    pub topic: u8,
    /// As the function of the trait.
    pub info: u8,
    /// As the receiver.
    pub self_: u8,
    /// As the parameter.
    pub value: u8,
    /// As the parameter.
    pub origin: u8,
    /// As the parameter.
    pub event: u8,
    /// A keyword.
    pub r#type: u8,
    /// A keyword.
    pub r#fn: u8,
}

/// Fields that are called as methods are of which a lint expects a signature.
#[derive(Event, Debug)]
pub struct Conventions {
    /// It takes `&self` elsewhere.
    pub is_new: bool,
    /// It takes `&self` elsewhere.
    pub as_text: u8,
    /// It takes `self` elsewhere.
    pub into_text: u8,
    /// It takes no `self` elsewhere.
    pub from_text: u8,
    /// It takes `&self` elsewhere.
    pub to_text: u8,
    /// It gives `Self` elsewhere.
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
