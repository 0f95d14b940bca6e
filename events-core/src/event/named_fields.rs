//! The error of `builder()` of an event that has no builder.

/// Implemented for no type: the bound of [`Event::builder`](super::Event), whose text names the remedy.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no builder, because its fields have no names or it is an enum",
    label = "no event with a builder",
    note = "construct the event and emit that, as in `{Self}(..).emit()` or `{Self}::Variant.emit()`"
)]
pub trait NamedFields<B> {
    /// Returns the builder.
    fn named_builder() -> B;
}
