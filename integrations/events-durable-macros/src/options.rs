//! The options of `#[durable(..)]`: those of the type, and those of a field.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Error, Expr, ExprLit, ExprPath, Field, Lit, LitInt, Meta, MetaNameValue, Path,
    Result, Token, punctuated::Punctuated,
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

/// The options of serde.
fn serde_options(attributes: &[Attribute]) -> Vec<Meta> {
    let options = attributes
        .iter()
        .filter(|it| it.path().is_ident("serde"))
        .filter_map(|it| {
            it.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok() // serde reports what is wrong
        });
    options.flatten().collect()
}

/// The name that serde writes, if `#[serde(rename = "..")]` gives it.
pub(crate) fn serde_name(attributes: &[Attribute]) -> Option<String> {
    serde_options(attributes)
        .into_iter()
        .find_map(|option| match option {
            Meta::NameValue(MetaNameValue {
                path,
                value:
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(text),
                        ..
                    }),
                ..
            }) if path.is_ident("rename") => Some(text.value()),
            _ => None,
        })
}

/// Why a field is not at the top of the payload under its name, where a secret is left out and redacted.
pub(crate) fn misplaced(
    of_type: &[Attribute],
    of_variant: Option<&[Attribute]>,
    of_field: &[Attribute],
) -> Option<&'static str> {
    let (of_type, of_field) = (serde_options(of_type), serde_options(of_field));
    let of_variant = of_variant.map(serde_options);
    let is_enum = of_variant.is_some();
    let has = |options: &[Meta], name: &str| options.iter().any(|it| it.path().is_ident(name));
    let is_list = |it: &Meta| matches!(it, Meta::List(_)) && it.path().is_ident("rename");
    if ["into", "from", "try_from", "transparent"]
        .iter()
        .any(|name| has(&of_type, name))
    {
        return Some(
            "serde writes the type as another one, whose fields are not known here; encrypt with \
             `#[durable(codec = ..)]`, or derive `Serialize` without that option",
        );
    }
    let is_flat = (has(&of_type, "tag") && !has(&of_type, "content")) || has(&of_type, "untagged");
    if is_enum && !is_flat {
        return Some(
            "serde writes the fields of a variant below its name, where a secret is not found; add \
             `#[serde(tag = \"type\")]` to the enum, or encrypt with `#[durable(codec = ..)]`",
        );
    }
    if has(&of_field, "flatten") {
        return Some(
            "serde writes what is in this field, and not the field; remove `flatten`, or encrypt with `#[durable(codec = ..)]`",
        );
    }
    if of_field.iter().any(is_list) {
        return Some(
            "the field has two names in the payload; write one: `#[serde(rename = \"..\")]`",
        );
    }
    // That of an enum is for its variants.
    let renames = match &of_variant {
        None => has(&of_type, "rename_all"),
        Some(of_variant) => has(&of_type, "rename_all_fields") || has(of_variant, "rename_all"),
    };
    if renames && !has(&of_field, "rename") {
        return Some(
            "serde gives the field another name in the payload; write that name here as well: `#[serde(rename = \"..\")]`",
        );
    }
    None
}
