//! The attributes of serde on a type whose JSON a derive follows field by field: an event with the option `serialize`, and, by links to
//! this file, a model of `events-seaorm-macros` and the secrets of `events-durable-macros`. They hide, rename or convert a field.
//!
//! An attribute with a syntax error, or with a value that serde refuses, is left to serde's own derive.

use proc_macro2::Span;
use quote::format_ident;
use syn::{
    Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, PathSegment, Result, meta::ParseNestedMeta,
    spanned::Spanned,
};

/// What the attributes on a struct or an enum say about its JSON.
#[derive(Default)]
pub(crate) struct SerdeType {
    rename_all: Option<LitStr>,
    /// An option after which the type is not written field by field.
    pub(super) whole: Option<(Span, String)>,
}

/// What the attributes on a field say about its JSON.
#[derive(Default)]
pub(crate) struct SerdeField {
    pub(crate) skip: bool,
    /// The function of `skip_serializing_if`.
    pub(crate) skip_if: Option<ExprPath>,
    /// The function that writes the field in place of its `Serialize`.
    pub(crate) serialize_with: Option<ExprPath>,
    rename: Option<LitStr>,
    /// The option `flatten` or `getter`, after which the struct is not written field by field.
    pub(super) whole: Option<(Span, String)>,
}

impl SerdeType {
    pub(super) fn new(attrs: &[Attribute]) -> Self {
        let mut this = Self::default();
        each_option(attrs, |meta, name| {
            match name {
                "rename_all" => this.rename_all = serialized_name(meta)?.or(this.rename_all.take()),
                "transparent" | "tag" | "into" | "remote" | "untagged" => {
                    this.whole = Some((meta.path.span(), name.to_owned()));
                    skip_value(meta)?;
                }
                _ => skip_value(meta)?,
            }
            Ok(())
        });
        this
    }

    /// The key of a field that has no name of its own in its attributes.
    fn key(&self, field: &str) -> String {
        let case = self.rename_all.as_ref().map(LitStr::value);
        match case.as_deref() {
            Some("UPPERCASE" | "SCREAMING_SNAKE_CASE") => field.to_ascii_uppercase(),
            Some("PascalCase") => pascal_case(field),
            Some("camelCase") => {
                let pascal = pascal_case(field);
                let first = pascal.chars().next().map_or(0, char::len_utf8);
                pascal[..first].to_ascii_lowercase() + &pascal[first..]
            }
            Some("kebab-case") => field.replace('_', "-"),
            Some("SCREAMING-KEBAB-CASE") => field.to_ascii_uppercase().replace('_', "-"),
            _ => field.to_owned(),
        }
    }
}

impl SerdeField {
    pub(super) fn new(attrs: &[Attribute]) -> Self {
        let mut this = Self::default();
        each_option(attrs, |meta, name| {
            match name {
                "skip" | "skip_serializing" => this.skip = true,
                "skip_serializing_if" => this.skip_if = path(meta)?,
                "serialize_with" => this.serialize_with = path(meta)?,
                "with" => {
                    this.serialize_with = path(meta)?.map(|mut path| {
                        let function = format_ident!("serialize", span = path.span());
                        path.path.segments.push(PathSegment::from(function));
                        path
                    });
                }
                "rename" => this.rename = serialized_name(meta)?.or(this.rename.take()),
                "flatten" | "getter" => {
                    this.whole = Some((meta.path.span(), name.to_owned()));
                    skip_value(meta)?;
                }
                _ => skip_value(meta)?,
            }
            Ok(())
        });
        this
    }

    /// The key of this field, whose name in the struct is `field`.
    pub(super) fn key(&self, field: &str, of_type: &SerdeType) -> String {
        let rename = self.rename.as_ref().map(LitStr::value);
        rename.unwrap_or_else(|| of_type.key(field))
    }
}

/// `FirstName` of `first_name`, as serde writes it.
fn pascal_case(name: &str) -> String {
    let mut pascal = String::new();
    let mut capitalize = true;
    for letter in name.chars() {
        if letter == '_' {
            capitalize = true;
        } else if capitalize {
            pascal.push(letter.to_ascii_uppercase());
            capitalize = false;
        } else {
            pascal.push(letter);
        }
    }
    pascal
}

/// Calls the function with each option of `#[serde(..)]`, and its name.
fn each_option(attrs: &[Attribute], mut f: impl FnMut(&ParseNestedMeta<'_>, &str) -> Result<()>) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        let parsed = attr.parse_nested_meta(|meta| match meta.path.get_ident() {
            Some(name) => f(&meta, &name.to_string()),
            None => skip_value(&meta),
        });
        drop(parsed); // serde's derive reports the error
    }
}

/// `name = "text"`, or the text of `name(serialize = "text", deserialize = "other")`.
fn serialized_name(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    if meta.input.peek(syn::Token![=]) {
        return text(meta);
    }
    let mut name = None;
    meta.parse_nested_meta(|side| {
        let value = text(&side)?;
        if side.path.is_ident("serialize") {
            name = value;
        }
        Ok(())
    })?;
    Ok(name)
}

/// The string after `=`.
fn text(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    let mut value: Expr = meta.value()?.parse()?;
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    Ok(match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    })
}

/// The path in the string after `=`.
fn path(meta: &ParseNestedMeta<'_>) -> Result<Option<ExprPath>> {
    Ok(text(meta)?.and_then(|text| text.parse().ok()))
}

/// Skips what follows the name of an option.
fn skip_value(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(syn::Token![=]) {
        let _: Expr = meta.value()?.parse()?;
    } else if meta.input.peek(syn::token::Paren) {
        meta.parse_nested_meta(|nested| skip_value(&nested))?;
    }
    Ok(())
}
