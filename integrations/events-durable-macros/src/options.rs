//! The options of `#[durable(..)]`: those of the type, and those of a field.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Error, Expr, ExprPath, Field, LitInt, Path, Result, Token, punctuated::Punctuated,
};

/// The options of the type.
#[derive(Default)]
pub(crate) struct TypeOptions {
    pub(crate) version: Option<LitInt>,
    pub(crate) key: Option<Expr>,
    pub(crate) codec: Option<Path>,
}

impl TypeOptions {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("durable")) {
            attribute.parse_nested_meta(|meta| {
                let twice = || meta.error("this option is given twice; remove one of them");
                if meta.path.is_ident("version") {
                    let version: LitInt = meta.value()?.parse()?;
                    match version.base10_parse::<i32>() {
                        Ok(1..) => {}
                        _ => {
                            let text = "a version is a number from 1 on; write `version = 2` when the payload has changed";
                            return Err(Error::new(version.span(), text));
                        }
                    }
                    if options.version.replace(version).is_some() {
                        return Err(twice());
                    }
                } else if meta.path.is_ident("key") {
                    if options.key.replace(meta.value()?.parse()?).is_some() {
                        return Err(twice());
                    }
                } else if meta.path.is_ident("codec") {
                    let path: ExprPath = meta.value()?.parse()?;
                    if options.codec.replace(path.path).is_some() {
                        return Err(twice());
                    }
                } else {
                    return Err(meta.error(
                        "this is no option of `#[durable(..)]` on a type; there are `version = 2`, `key = field` and \
                         `codec = MyCodec`",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(options)
    }
}

/// What becomes of a secret field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    Stored,
    Skipped,
}

/// What becomes of the secret field, with the place of the option; `None` if nothing says so.
pub(crate) fn secret_option(field: &Field) -> Result<Option<(Secret, Span)>> {
    let mut found = None;
    for attribute in field
        .attrs
        .iter()
        .filter(|it| it.path().is_ident("durable"))
    {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("secret") {
                return Err(meta.error(
                    "this is no option of `#[durable(..)]` on a field; there are `secret(stored)` and `secret(skip)`",
                ));
            }
            let content;
            syn::parenthesized!(content in meta.input);
            for word in Punctuated::<Ident, Token![,]>::parse_terminated(&content)? {
                let secret = match word.to_string().as_str() {
                    "stored" => Secret::Stored,
                    "skip" => Secret::Skipped,
                    _ => {
                        let text = "write `secret(stored)` or `secret(skip)`";
                        return Err(Error::new(word.span(), text));
                    }
                };
                if found.replace((secret, word.span())).is_some() {
                    let text = "the field is either stored or skipped; remove one of them";
                    return Err(Error::new(word.span(), text));
                }
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Whether an attribute with this name has this word among its options: `#[event(secret)]`.
pub(crate) fn has_word(attributes: &[Attribute], name: &str, word: &str) -> bool {
    attributes
        .iter()
        .filter(|it| it.path().is_ident(name))
        .filter_map(|it| it.meta.require_list().ok())
        .flat_map(|list| list.tokens.clone())
        .any(|token| matches!(token, proc_macro2::TokenTree::Ident(ident) if ident == word))
}
