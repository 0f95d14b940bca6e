//! What an event or a field allows, expects and deprecates holds for generated code too.

use events_core::Event;

/// An old type.
#[deprecated = "use a number"]
#[derive(Debug, Clone)]
pub struct Old(pub u8);

/// A deprecated event, whose builder is deprecated too.
#[deprecated = "use `Named`"]
#[derive(Event, Debug, Clone)]
pub struct Gone {
    /// The number.
    pub count: u8,
    /// Optional.
    pub note: Option<String>,
}

/// The expectation holds because the builder is deprecated.
#[expect(deprecated, reason = "the builder of a deprecated event")]
pub type BuilderOfGone = GoneBuilder;

/// The item expects a lint that generated code causes too.
#[derive(Event, Debug, Clone)]
#[expect(deprecated, reason = "the type is still in use")]
pub struct WithOld {
    /// Required.
    pub old: Old,
    /// Optional.
    pub maybe: Option<Old>,
    /// Has a default.
    #[event(default = Old(1))]
    pub with: Old,
}

/// Its fields allow and expect lints, two of them the same.
#[derive(Event, Debug, Clone)]
pub struct WithOldFields {
    /// Required.
    #[expect(deprecated, reason = "the type is still in use")]
    pub old: Old,
    /// Optional.
    #[allow(deprecated)]
    pub maybe: Option<Old>,
    #[allow(missing_docs)]
    #[cfg_attr(all(), allow(clippy::pub_underscore_fields))]
    pub _plain: u8,
}

/// An enum.
#[derive(Event, Debug, Clone)]
#[allow(deprecated)]
pub enum WithOldVariant {
    /// The variant.
    One(Old),
}

#[derive(Event, Debug, Clone)]
#[expect(missing_docs, reason = "an event without documentation")]
pub struct Undocumented {
    pub count: u8,
}

/// Named in another style.
#[derive(Event, Debug, Clone)]
#[expect(non_camel_case_types, reason = "a name of an old table")]
pub struct old_table {
    /// The number.
    pub count: u8,
}

/// Emits a deprecated event.
#[must_use]
#[expect(deprecated, reason = "it is still received")]
pub fn emit_gone() -> u8 {
    let by_macro = events_core::emit!(Gone, count = 1);
    Gone::builder().count(by_macro.count + 1).emit().count
}

/// A state of subscribers.
#[must_use]
#[expect(deprecated, reason = "the type is still in use")]
pub const fn state() -> Old {
    Old(1)
}
