//! Selecting attributes of an item.

use syn::Attribute;

/// The `#[cfg(..)]` attributes, which generated items repeat.
pub(crate) fn cfg_attributes(attrs: Vec<Attribute>) -> Vec<Attribute> {
    attrs
        .into_iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect()
}
