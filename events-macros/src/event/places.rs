//! The places of `#[event(..)]`: which options each has, and the errors for options in another place.

use syn::{
    Attribute, Data, DeriveInput, Error, Expr, Fields, Meta, Result, Type, spanned::Spanned,
    visit_mut::VisitMut,
};

use crate::syntax::{
    errors::Errors,
    options::{Options, RawOption},
};

/// Where an attribute is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before a struct.
    Struct,
    /// Before an enum.
    Enum,
    /// On a field of a struct.
    Field,
    /// On a variant of an enum, or on a field of one.
    Variant,
    /// On a parameter of the type, or inside of another type.
    Other,
}

/// The options on a type, each as it is written.
const TYPE_OPTIONS: [(&str, &str); 6] = [
    ("topic", "topic = .."),
    ("serialize", "serialize"),
    ("clone", "clone"),
    ("after_commit", "after_commit"),
    ("crate", "crate = .."),
    ("no_implicit_prelude", "no_implicit_prelude"),
];

/// The options on a field of a struct that change its builder.
const BUILDER_OPTIONS: [&str; 3] = ["into", "default", "required"];

/// The options on a field of a struct.
const FIELD_OPTIONS: [&str; 4] = ["into", "default", "required", "secret"];

/// The error for an option that the place does not have.
pub(super) fn misplaced(option: &RawOption, place: Place) -> Error {
    let name = option.name.to_string();
    let find = |(known, _): &&(&str, &str)| *known == name;
    let text = if let Some((_, written)) = TYPE_OPTIONS.iter().find(find) {
        format!("`{name}` belongs on the type; put `#[event({written})]` before it")
    } else if !FIELD_OPTIONS.contains(&name.as_str()) {
        return unknown(option, place);
    } else if !matches!(place, Place::Enum | Place::Variant) {
        format!("`{name}` belongs on a field; put `#[event({name})]` before it")
    } else if BUILDER_OPTIONS.contains(&name.as_str()) {
        format!(
            "`{name}` belongs on a field of a struct, because an enum has no builder; remove it, \
             or make each variant a struct of its own"
        )
    } else {
        format!(
            "`{name}` belongs on a field of a struct, because the `Serialize` of an enum writes its \
             fields; make each variant a struct of its own, or skip the field with `#[serde(skip)]`"
        )
    };
    Error::new(option.name.span(), text)
}

fn unknown(option: &RawOption, place: Place) -> Error {
    let on_type = TYPE_OPTIONS.map(|(name, _)| name);
    match place {
        Place::Struct | Place::Enum => option.unknown("`#[event(..)]` on a type", &on_type),
        Place::Field => option.unknown("`#[event(..)]` on a field", &FIELD_OPTIONS),
        Place::Variant | Place::Other => {
            let known = [&on_type[..], &FIELD_OPTIONS].concat();
            option.unknown("`#[event(..)]` on a type or on a field of a struct", &known)
        }
    }
}

fn is_event_attribute(attr: &Attribute) -> bool {
    attr.path().is_ident("event")
}

/// The options of all `#[event(..)]` attributes.
pub(super) fn event_options(attrs: &[Attribute]) -> Result<Vec<RawOption>> {
    let mut options = Vec::new();
    for attr in attrs.iter().filter(|attr| is_event_attribute(attr)) {
        if matches!(attr.meta, Meta::Path(_)) {
            let text =
                "`#[event]` has no options; write `#[event(..)]` with an option, or remove it";
            return Err(Error::new(attr.path().span(), text));
        }
        options.extend(attr.parse_args::<Options>()?.0);
    }
    match options
        .iter()
        .find_map(|option| option.ty.as_ref().zip(Some(&option.name)))
    {
        None => Ok(options),
        Some((path, name)) => {
            let text = format!("an option of `#[event(..)]` is a single name; write `{name}`");
            Err(Error::new(path.span(), text))
        }
    }
}

/// Refuses the attributes in all places where none is read: on variants and their fields, on parameters,
/// and inside of the types of fields.
pub(super) fn refuse_misplaced(input: &DeriveInput, errors: &mut Errors) {
    if !input.generics.params.is_empty() {
        Misplaced(errors).visit_generics_mut(&mut input.generics.clone());
    }
    match &input.data {
        Data::Struct(data) => refuse_in_types(&data.fields, errors),
        Data::Union(_) => {}
        Data::Enum(data) => {
            for variant in &data.variants {
                refuse(&variant.attrs, Place::Variant, errors);
                for field in &variant.fields {
                    refuse(&field.attrs, Place::Variant, errors);
                }
                refuse_in_types(&variant.fields, errors);
            }
        }
    }
}

fn refuse_in_types(fields: &Fields, errors: &mut Errors) {
    for field in fields {
        let is_name = matches!(&field.ty, Type::Path(ty) if ty.path.get_ident().is_some());
        if !is_name {
            Misplaced(errors).visit_type_mut(&mut field.ty.clone());
        }
    }
}

fn refuse(attrs: &[Attribute], place: Place, errors: &mut Errors) {
    let options = errors.record(event_options(attrs));
    for option in options.into_iter().flatten() {
        errors.push(misplaced(&option, place));
    }
}

/// Refuses each attribute that it visits.
struct Misplaced<'e>(&'e mut Errors);

impl VisitMut for Misplaced<'_> {
    fn visit_attribute_mut(&mut self, attr: &mut Attribute) {
        refuse(std::slice::from_ref(attr), Place::Other, self.0);
    }

    /// Expressions have no place for the attribute.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
