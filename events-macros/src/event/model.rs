//! The model of `#[derive(Event)]`: the type, its fields and its options, parsed and validated. Every error of the
//! derive is created here, in `places` or in `json_model`.

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field as FieldSyntax, Fields,
    GenericArgument, Generics, Ident, Lit, LitStr, Meta, Path, PathArguments, Result, Type,
    Visibility, ext::IdentExt, parse_quote_spanned, visit_mut::VisitMut,
};

use super::{
    json_model::{Json, json_form},
    names::Names,
    places::{Place, event_options, misplaced, refuse_misplaced},
};
use crate::syntax::{
    attributes::{deprecations, lint_attributes},
    errors::Errors,
    options::{SetOnce, core_path},
    spans::mixed_site_at,
    text::type_text::source_text,
};

/// A struct or an enum that derives `Event`.
pub(crate) struct Event {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) topic: Option<LitStr>,
    /// The option `clone`, if it is given.
    pub(crate) clone_option: Option<Span>,
    /// The option `after_commit`, if it is given.
    pub(crate) after_commit: Option<Span>,
    /// How it is written as JSON, if the option `serialize` is given.
    pub(crate) json: Option<Json>,
    pub(crate) docs: String,
    /// The attributes by which generated code allows what the item and its fields allow.
    pub(crate) lints: Vec<Attribute>,
    /// The item's `#[deprecated]`, which the builder repeats.
    pub(crate) deprecations: Vec<Attribute>,
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
    /// The type as it is written.
    pub(crate) type_text: String,
    /// The doc comment and `#[deprecated]`, which the setter repeats.
    pub(crate) setter_attrs: Vec<Attribute>,
    pub(crate) into: bool,
    pub(crate) presence: Presence,
    pub(crate) secret: bool,
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
        let mut names = Names::of(input);
        let (mut topic, mut core) = (SetOnce::default(), SetOnce::default());
        let (mut serialize, mut no_prelude) = (SetOnce::default(), SetOnce::default());
        let (mut clone, mut after_commit) = (SetOnce::default(), SetOnce::default());
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
                "after_commit" => option
                    .expect_flag()
                    .and_then(|()| after_commit.set(&name, ())),
                "clone" => option.expect_flag().and_then(|()| clone.set(&name, ())),
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
                        .filter_map(|(index, field)| {
                            Field::new(index, field, &mut names, &mut errors)
                        })
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
            form: json_form(
                input,
                &fields
                    .iter()
                    .map(|field| (&*field.name, field.secret))
                    .collect::<Vec<_>>(),
                &mut errors,
            ),
        });
        let mut generics = input.generics.clone();
        names.visit_generics_mut(&mut generics);
        if let Some(span) = clone.span() {
            let text = "an event that borrows cannot be copied, because a copy outlives the emit; remove `clone`, or store \
                        owned values in the event";
            check_owned(&generics, span, text, &mut errors);
        }
        if let Some(span) = after_commit.span() {
            let text = "an event that borrows ends with its emit, so its subscribers cannot wait for a commit; remove \
                        `after_commit`, or store owned values in the event";
            check_owned(&generics, span, text, &mut errors);
        }
        if let Some(span) = clone.span().or(after_commit.span()) {
            add_clone_bounds(&mut generics, span);
        }
        errors.finish(Self {
            core: core_path(core.into_value()),
            ident: input.ident.clone(),
            vis: generated_visibility(&input.vis),
            generics,
            topic: topic.into_value(),
            clone_option: clone.span(),
            after_commit: after_commit.span(),
            json,
            docs: doc_text(&input.attrs),
            lints: lints(input),
            deprecations: deprecations(&input.attrs),
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
    fn new(
        index: usize,
        syntax: &FieldSyntax,
        names: &mut Names<'_>,
        errors: &mut Errors,
    ) -> Option<Self> {
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
        let mut ty = syntax.ty.clone();
        names.visit_type_mut(&mut ty);
        let inner = option_inner_type(&ty);
        if let (Some(span), None) = (required.span(), &inner) {
            let text = "a field that is not an `Option` is required anyway; remove `required`";
            errors.push(Error::new(span, text));
        }
        let presence = match (default.into_value(), inner) {
            (Some((span, mut value)), _) => {
                value.iter_mut().for_each(|it| names.visit_expr_mut(it));
                Presence::Default { span, value }
            }
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
            ty,
            type_text: type_text(&syntax.ty),
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

/// An error at the option if the event borrows.
fn check_owned(generics: &Generics, option: Span, text: &str, errors: &mut Errors) {
    if generics.lifetimes().next().is_some() {
        errors.push(Error::new(option, text));
    }
}

/// Adds what the options `clone` and `after_commit` require of type parameters.
fn add_clone_bounds(generics: &mut Generics, option: Span) {
    let params: Vec<_> = generics
        .type_params()
        .map(|param| param.ident.clone())
        .collect();
    for param in params {
        let bound = parse_quote_spanned! {mixed_site_at(option)=>
            #param: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync
        };
        generics.make_where_clause().predicates.push(bound);
    }
}

/// The type as text; faster for a single name, which is its own text.
fn type_text(ty: &Type) -> String {
    let name = match ty {
        Type::Path(ty) if ty.qself.is_none() && ty.attrs.is_empty() => ty.path.get_ident(),
        _ => None,
    };
    match name {
        Some(name) => name.to_string(),
        None => source_text(ty),
    }
}

/// The attributes by which generated code allows what the item and its fields allow.
fn lints(input: &DeriveInput) -> Vec<Attribute> {
    let mut lints = lint_attributes(&input.attrs);
    if let Data::Struct(data) = &input.data {
        let fields = data.fields.iter();
        lints.extend(fields.flat_map(|field| {
            let is_lint = |attr: &&Attribute| !attr.path().is_ident("deprecated");
            let attrs: Vec<_> = field.attrs.iter().filter(is_lint).cloned().collect();
            lint_attributes(&attrs)
        }));
    }
    lints
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
