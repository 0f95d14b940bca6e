//! Selecting attributes of an item.

use syn::{Attribute, Path};

/// The `#[cfg(..)]` attributes, which generated items repeat.
pub(crate) fn cfg_attributes(attrs: Vec<Attribute>) -> Vec<Attribute> {
    attrs
        .into_iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect()
}

/// The first attribute that is one of these macros of ours, by the last segment of its path.
pub(crate) fn find_macro<'a>(attrs: &'a [Attribute], names: &[&str]) -> Option<&'a Path> {
    let mut paths = attrs.iter().map(Attribute::path);
    paths.find(|path| {
        let last = path.segments.last();
        last.is_some_and(|last| names.iter().any(|name| last.ident == name))
    })
}
