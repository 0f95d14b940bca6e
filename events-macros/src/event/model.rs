//! What a derived event is. Every error of the derive is born here.

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field as Syntax, Fields, GenericArgument,
    Generics, Ident, Lit, LitStr, Meta, Path, PathArguments, Result, Type, Visibility,
    ext::IdentExt, spanned::Spanned,
};

use crate::{
    options::{Errors, Once, Options, core_path},
    spans::at,
};

/// A struct or enum that derives `Event`.
pub(crate) struct Event {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) topic: Option<LitStr>,
    /// The word that says that it can be read as JSON.
    pub(crate) serialize: Option<Span>,
    pub(crate) docs: String,
    /// Whether the module has no prelude, and with it no attributes of tools.
    pub(crate) no_implicit_prelude: bool,
    pub(crate) fields: Vec<Field>,
    pub(crate) built: Built,
}

/// Whether there is a builder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Built {
    /// Named fields.
    ByName,
    /// A unit struct.
    Unit,
    /// A tuple struct or an enum: by construction.
    ByHand,
}

/// A field of a struct.
pub(crate) struct Field {
    /// `None` in a tuple struct.
    pub(crate) ident: Option<Ident>,
    /// Its name without `r#`, or its number.
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Its docs and `#[deprecated]`, which its setter carries, too.
    pub(crate) carried: Vec<Attribute>,
    pub(crate) into: bool,
    pub(crate) fill: Fill,
    pub(crate) secret: bool,
}

/// What happens when the field is not set.
pub(crate) enum Fill {
    /// It must be.
    Required,
    /// It is `None`; the type inside the `Option`.
    Optional(Type),
    /// It is this, or `Default::default()`.
    Default { word: Span, value: Option<Expr> },
}

const ON_TYPE: &[&str] = &["topic", "serialize", "crate", "no_implicit_prelude"];
const ON_FIELD: &[&str] = &["into", "default", "required", "secret"];

impl Event {
    pub(crate) fn of(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::default();
        let (mut topic, mut core, mut bare) = (Once::default(), Once::default(), Once::default());
        let mut serialize = Once::default();
        for option in errors.note(options(&input.attrs)).into_iter().flatten() {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "topic" => option.text("\"user.first_login\"").and_then(|text| {
                    if text.value().trim().is_empty() {
                        let error = "a topic cannot be empty; write `topic = \"user.first_login\"`";
                        return Err(Error::new(text.span(), error));
                    }
                    topic.set(&name, text)
                }),
                "crate" => option
                    .path("my_framework::events")
                    .and_then(|path| core.set(&name, path)),
                "serialize" => option.flag().and_then(|()| serialize.set(&name, ())),
                "no_implicit_prelude" => option.flag().and_then(|()| bare.set(&name, ())),
                _ if ON_FIELD.contains(&name.to_string().as_str()) => Err(Error::new(
                    name.span(),
                    format!("`{name}` belongs on a field; put `#[event({name})]` before it"),
                )),
                _ => Err(option.unknown("`#[event(..)]` on a type", ON_TYPE)),
            };
            errors.note(set);
        }
        for second in input.generics.lifetimes().skip(1) {
            let text = "an event borrows through one lifetime; use it for all its references";
            errors.push(Error::new(second.lifetime.span(), text));
        }
        let (fields, built) = match &input.data {
            Data::Struct(data) => {
                let fields = data.fields.iter().enumerate();
                let built = match data.fields {
                    Fields::Named(_) => Built::ByName,
                    Fields::Unit => Built::Unit,
                    Fields::Unnamed(_) => Built::ByHand,
                };
                (
                    fields
                        .filter_map(|(number, field)| Field::of(number, field, &mut errors))
                        .collect(),
                    built,
                )
            }
            Data::Enum(data) => {
                let fields = data.variants.iter().flat_map(|variant| &variant.fields);
                for attr in fields
                    .flat_map(|field| &field.attrs)
                    .filter(|attr| is_event(attr))
                {
                    let text = "an enum is no subject of `#[event(..)]` on fields, for it has no \
                                builder; remove it, or make each variant a struct of its own";
                    errors.push(Error::new(attr.path().span(), text));
                }
                (Vec::new(), Built::ByHand)
            }
            Data::Union(data) => {
                let text = "a union cannot be an event; use a struct or an enum";
                errors.push(Error::new(data.union_token.span, text));
                (Vec::new(), Built::ByHand)
            }
        };
        errors.finish(Self {
            core: core_path(core.get()),
            ident: input.ident.clone(),
            vis: derived(&input.vis),
            generics: input.generics.clone(),
            topic: topic.get(),
            serialize: serialize.span(),
            docs: docs(&input.attrs),
            no_implicit_prelude: bare.is_set(),
            fields,
            built,
        })
    }

    /// Whether it has a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        self.generics.lifetimes().next().is_some()
    }

    /// Whether no static can stand beside it: statics have no parameters.
    pub(crate) fn is_generic(&self) -> bool {
        self.generics.type_params().next().is_some()
            || self.generics.const_params().next().is_some()
    }
}

impl Field {
    fn of(number: usize, syntax: &Syntax, errors: &mut Errors) -> Option<Self> {
        let (mut into, mut default, mut required, mut secret) = (
            Once::default(),
            Once::default(),
            Once::default(),
            Once::default(),
        );
        for option in errors.note(options(&syntax.attrs))? {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "into" => option.flag().and_then(|()| into.set(&name, ())),
                "required" => option.flag().and_then(|()| required.set(&name, ())),
                "secret" => option.flag().and_then(|()| secret.set(&name, ())),
                "default" => default.set(&name, (name.span(), option.value)),
                _ if ON_TYPE.contains(&name.to_string().as_str()) => Err(Error::new(
                    name.span(),
                    format!("`{name}` belongs on the type; put `#[event({name} = ..)]` before it"),
                )),
                _ => Err(option.unknown("`#[event(..)]` on a field", ON_FIELD)),
            };
            errors.note(set);
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
        let inside = inside_option(&syntax.ty);
        if let (Some(span), None) = (required.span(), &inside) {
            let text = "only an `Option` may be left out otherwise; remove `required`";
            errors.push(Error::new(span, text));
        }
        let fill = match (default.get(), inside) {
            (Some((word, value)), _) => Fill::Default { word, value },
            (None, Some(inside)) if !required.is_set() => Fill::Optional(inside),
            _ => Fill::Required,
        };
        let is = |attr: &&Attribute, name| attr.path().is_ident(name);
        Some(Self {
            ident: syntax.ident.clone(),
            name: syntax
                .ident
                .as_ref()
                .map_or_else(|| number.to_string(), |ident| ident.unraw().to_string()),
            ty: syntax.ty.clone(),
            carried: syntax
                .attrs
                .iter()
                .filter(|attr| is(attr, "doc") || is(attr, "deprecated"))
                .cloned()
                .collect(),
            into: into.is_set(),
            fill,
            secret: secret.is_set(),
        })
    }
}

fn is_event(attr: &Attribute) -> bool {
    attr.path().is_ident("event")
}

/// The options of all `#[event(..)]` attributes.
fn options(attrs: &[Attribute]) -> Result<Vec<crate::options::Written>> {
    let mut options = Vec::new();
    for attr in attrs.iter().filter(|attr| is_event(attr)) {
        if matches!(attr.meta, Meta::Path(_)) {
            let text = "`#[event]` says nothing; write `#[event(..)]` with an option, or remove it";
            return Err(Error::new(attr.path().span(), text));
        }
        options.extend(attr.parse_args::<Options>()?.0);
    }
    Ok(options)
}

/// The visibility where it was written, for items that a macro writes: the lints of the user's
/// look at an item by its first token.
fn derived(vis: &Visibility) -> Visibility {
    let mut vis = vis.clone();
    match &mut vis {
        Visibility::Public(public) => public.span = at(public.span),
        Visibility::Restricted(restricted) => {
            restricted.pub_token.span = at(restricted.pub_token.span);
        }
        Visibility::Inherited => {}
    }
    vis
}

/// The doc comment, as one text.
fn docs(attrs: &[Attribute]) -> String {
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
fn inside_option(ty: &Type) -> Option<Type> {
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
        GenericArgument::Type(inside) => Some(inside.clone()),
        _ => None,
    }
}
