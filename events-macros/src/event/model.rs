//! The model of `#[derive(Event)]`. Every error of the derive is created here
//! or in `places`.

use std::iter;

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field as FieldSyntax, Fields,
    GenericArgument, Generics, Ident, Lit, LitStr, Member, Meta, Path, PathArguments, Result, Type,
    Variant as VariantSyntax, Visibility, ext::IdentExt,
};

use super::{
    places::{Place, event_options, misplaced, refuse_misplaced},
    serde_attributes::{SerdeField, SerdeType},
};
use crate::syntax::{
    errors::Errors,
    options::{SetOnce, core_path},
    spans::mixed_site_at,
};

/// A struct or an enum that derives `Event`.
pub(crate) struct Event {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) topic: Option<LitStr>,
    /// How it is written as JSON, if the option `serialize` is given.
    pub(crate) json: Option<Json>,
    pub(crate) docs: String,
    /// Whether the module has no prelude, and so no tool attributes such as `#[diagnostic::..]`.
    pub(crate) no_implicit_prelude: bool,
    pub(crate) fields: Vec<Field>,
    pub(crate) shape: Shape,
}

/// The kind of type, which decides whether there is a builder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A struct with named fields.
    NamedFields,
    /// A unit struct.
    Unit,
    /// A tuple struct or an enum, which has no builder.
    TupleOrEnum,
}

/// A field of a struct.
pub(crate) struct Field {
    /// `None` in a tuple struct.
    pub(crate) ident: Option<Ident>,
    /// The name without `r#`, or the index.
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// The doc comment and `#[deprecated]`, which the setter repeats.
    pub(crate) setter_attrs: Vec<Attribute>,
    pub(crate) into: bool,
    pub(crate) presence: Presence,
    pub(crate) secret: bool,
}

/// How an event is written as JSON.
pub(crate) struct Json {
    /// The span of the option `serialize`.
    pub(crate) option_span: Span,
    pub(crate) form: JsonForm,
}

/// Who writes the JSON: this derive, or the `Serialize` of the type.
pub(crate) enum JsonForm {
    /// The derive writes each field of the struct: by its key, as its attributes of serde say.
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

/// What `build()` does about a field that is not set.
pub(crate) enum Presence {
    /// It is a compile error.
    Required,
    /// The field is `None`; holds the type inside the `Option`.
    Optional(Type),
    /// The field is this value, or `Default::default()`; `span` is that of the option `default`.
    Default { span: Span, value: Option<Expr> },
}

impl Event {
    pub(crate) fn new(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::default();
        let (mut topic, mut core) = (SetOnce::default(), SetOnce::default());
        let (mut serialize, mut no_prelude) = (SetOnce::default(), SetOnce::default());
        let place = match input.data {
            Data::Enum(_) => Place::Enum,
            _ => Place::Struct,
        };
        for option in errors
            .record(event_options(&input.attrs))
            .into_iter()
            .flatten()
        {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "topic" => option.into_string("\"user.first_login\"").and_then(|text| {
                    if text.value().trim().is_empty() {
                        let error = "a topic cannot be empty; write `topic = \"user.first_login\"`";
                        return Err(Error::new(text.span(), error));
                    }
                    topic.set(&name, text)
                }),
                "crate" => option
                    .into_path("my_framework::events")
                    .and_then(|path| core.set(&name, path)),
                "serialize" => option.expect_flag().and_then(|()| serialize.set(&name, ())),
                "no_implicit_prelude" => option
                    .expect_flag()
                    .and_then(|()| no_prelude.set(&name, ())),
                _ => Err(misplaced(&option, place)),
            };
            errors.record(set);
        }
        for second in input.generics.lifetimes().skip(1) {
            let text = "an event borrows through one lifetime; use it for all its references";
            errors.push(Error::new(second.lifetime.span(), text));
        }
        let (fields, shape) = match &input.data {
            Data::Struct(data) => {
                let fields = data.fields.iter().enumerate();
                let shape = match data.fields {
                    Fields::Named(_) => Shape::NamedFields,
                    Fields::Unit => Shape::Unit,
                    Fields::Unnamed(_) => Shape::TupleOrEnum,
                };
                (
                    fields
                        .filter_map(|(index, field)| Field::new(index, field, &mut errors))
                        .collect(),
                    shape,
                )
            }
            Data::Enum(_) => (Vec::new(), Shape::TupleOrEnum),
            Data::Union(data) => {
                let text = "a union cannot be an event; use a struct or an enum";
                errors.push(Error::new(data.union_token.span, text));
                (Vec::new(), Shape::TupleOrEnum)
            }
        };
        refuse_misplaced(input, &mut errors);
        let json = serialize.span().map(|option_span| Json {
            option_span,
            form: json_form(input, &fields, &mut errors),
        });
        errors.finish(Self {
            core: core_path(core.into_value()),
            ident: input.ident.clone(),
            vis: generated_visibility(&input.vis),
            generics: input.generics.clone(),
            topic: topic.into_value(),
            json,
            docs: doc_text(&input.attrs),
            no_implicit_prelude: no_prelude.is_set(),
            fields,
            shape,
        })
    }

    /// Whether the type has a lifetime parameter.
    pub(crate) fn borrows(&self) -> bool {
        self.generics.lifetimes().next().is_some()
    }

    /// Whether the type has type or const parameters, so that no `static` can be declared for it.
    pub(crate) fn is_generic(&self) -> bool {
        self.generics.type_params().next().is_some()
            || self.generics.const_params().next().is_some()
    }
}

impl Field {
    fn new(index: usize, syntax: &FieldSyntax, errors: &mut Errors) -> Option<Self> {
        let (mut into, mut default, mut required, mut secret) = (
            SetOnce::default(),
            SetOnce::default(),
            SetOnce::default(),
            SetOnce::default(),
        );
        for option in errors.record(event_options(&syntax.attrs))? {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "into" => option.expect_flag().and_then(|()| into.set(&name, ())),
                "required" => option.expect_flag().and_then(|()| required.set(&name, ())),
                "secret" => option.expect_flag().and_then(|()| secret.set(&name, ())),
                "default" => default.set(&name, (name.span(), option.value)),
                _ => Err(misplaced(&option, Place::Field)),
            };
            errors.record(set);
        }
        if syntax.ident.is_none() {
            for span in [into.span(), default.span(), required.span()]
                .into_iter()
                .flatten()
            {
                let text = "a tuple struct has no builder; name the fields, or remove this option";
                errors.push(Error::new(span, text));
            }
        }
        if let (Some(span), true) = (required.span(), default.is_set()) {
            let text = "a field with a default may be left out; remove `required` or `default`";
            errors.push(Error::new(span, text));
        }
        let inner = option_inner_type(&syntax.ty);
        if let (Some(span), None) = (required.span(), &inner) {
            let text = "a field that is not an `Option` is required anyway; remove `required`";
            errors.push(Error::new(span, text));
        }
        let presence = match (default.into_value(), inner) {
            (Some((span, value)), _) => Presence::Default { span, value },
            (None, Some(inner)) if !required.is_set() => Presence::Optional(inner),
            _ => Presence::Required,
        };
        let is = |attr: &&Attribute, name| attr.path().is_ident(name);
        Some(Self {
            ident: syntax.ident.clone(),
            name: syntax
                .ident
                .as_ref()
                .map_or_else(|| index.to_string(), |ident| ident.unraw().to_string()),
            ty: syntax.ty.clone(),
            setter_attrs: syntax
                .attrs
                .iter()
                .filter(|attr| is(attr, "doc") || is(attr, "deprecated"))
                .cloned()
                .collect(),
            into: into.is_set(),
            presence,
            secret: secret.is_set(),
        })
    }

    /// The type that the setter accepts.
    pub(super) fn setter_type(&self) -> &Type {
        match &self.presence {
            Presence::Optional(inner) => inner,
            _ => &self.ty,
        }
    }
}

/// How the type is written as JSON. Refuses a struct with secrets that only its own `Serialize` can write.
fn json_form(input: &DeriveInput, fields: &[Field], errors: &mut Errors) -> JsonForm {
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
        let keys = keys.map(|(field, attrs)| attrs.key(&field.name, &of_type));
        return JsonForm::Fields(keys.collect::<Vec<_>>().into_iter().zip(attrs).collect());
    }
    if fields.iter().any(|field| field.secret) {
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

/// The visibility with the hygiene of the macro: lints decide by the first token of an item whether
/// it is generated.
fn generated_visibility(vis: &Visibility) -> Visibility {
    let mut vis = vis.clone();
    match &mut vis {
        Visibility::Public(public) => public.span = mixed_site_at(public.span),
        Visibility::Restricted(restricted) => {
            restricted.pub_token.span = mixed_site_at(restricted.pub_token.span);
        }
        Visibility::Inherited => {}
    }
    vis
}

/// The doc comment as one string.
fn doc_text(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<_> = lines
        .map(|line| {
            line.strip_prefix(' ')
                .unwrap_or(&line)
                .trim_end()
                .to_owned()
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

/// The `T` of a type that is written `Option<T>`.
fn option_inner_type(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    let names: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    if !matches!(names[..], ["Option"] | ["std" | "core", "option", "Option"]) {
        return None;
    }
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    }
}
