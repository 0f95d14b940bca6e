//! How an event is written as JSON: by the derive, field by field, or by the `Serialize` of its type.

use std::iter;

use proc_macro2::Span;
use syn::{Data, DeriveInput, Error, Fields, Ident, Member, Variant as VariantSyntax};

use super::serde_attributes::{SerdeField, SerdeType};
use crate::syntax::errors::Errors;

/// How an event is written as JSON.
pub(crate) struct Json {
    /// The span of the option `serialize`.
    pub(crate) option_span: Span,
    pub(crate) form: JsonForm,
}

/// The code that writes the JSON: that of this derive, or the `Serialize` of the type.
pub(crate) enum JsonForm {
    /// The derive writes each field of the struct, with its key and its attributes of serde.
    Fields(Vec<(String, SerdeField)>),
    /// The struct is written by its own `Serialize`, because of an attribute of serde. It has no secrets.
    Whole(Vec<SerdeField>),
    /// The enum is written by its own `Serialize`.
    Variants(Vec<Variant>),
}

/// A variant of an enum that is written as JSON.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The member of each field that its `Serialize` writes.
    pub(crate) written: Vec<Member>,
}

/// How the type is written as JSON. Refuses a struct with secrets that only its own `Serialize` can write.
/// `fields`: the name of each field, and whether it is a secret.
pub(super) fn json_form(
    input: &DeriveInput,
    fields: &[(&str, bool)],
    errors: &mut Errors,
) -> JsonForm {
    let syntax = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Union(_) => &Fields::Unit,
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| Variant {
                ident: variant.ident.clone(),
                written: written_members(variant),
            });
            return JsonForm::Variants(variants.collect());
        }
    };
    let of_type = SerdeType::new(&input.attrs);
    let attrs: Vec<_> = syntax
        .iter()
        .map(|field| SerdeField::new(&field.attrs))
        .collect();
    let of_fields = attrs.iter().map(|field| &field.whole);
    let whole = iter::once(&of_type.whole).chain(of_fields).flatten();
    let mut whole = whole.peekable();
    if whole.peek().is_none() {
        let keys = fields.iter().zip(&attrs);
        let keys = keys.map(|((name, _), attrs)| attrs.key(name, &of_type));
        return JsonForm::Fields(keys.collect::<Vec<_>>().into_iter().zip(attrs).collect());
    }
    if fields.iter().any(|&(_, is_secret)| is_secret) {
        for (span, name) in whole {
            let text = format!(
                "with `{name}` serde writes the struct as a whole, and would show its fields that are \
                 `secret`; remove `{name}`, or the option `serialize`"
            );
            errors.push(Error::new(*span, text));
        }
    }
    JsonForm::Whole(attrs)
}

/// The fields of a variant that the `Serialize` of the enum writes as they are.
fn written_members(variant: &VariantSyntax) -> Vec<Member> {
    let is_written = |attrs| {
        let attrs = SerdeField::new(attrs);
        !attrs.skip && attrs.serialize_with.is_none()
    };
    if !is_written(&variant.attrs) {
        return Vec::new();
    }
    let members = variant.fields.members().zip(&variant.fields);
    let written = members.filter(|(_, field)| is_written(&field.attrs));
    written.map(|(member, _)| member).collect()
}
