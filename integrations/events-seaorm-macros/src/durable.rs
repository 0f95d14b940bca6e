//! Models whose events are stored by `events-durable`: the options, and what the derive writes for them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Error, Expr, ExprPath, Field as FieldSyntax, LitInt, LitStr, Path, Result,
    ext::IdentExt, meta::ParseNestedMeta, parenthesized, spanned::Spanned,
};

use crate::model::{Field, Model, Options, is_own};

/// How the events of a model are stored.
pub(crate) struct Durable {
    /// What their topics begin with.
    topic: LitStr,
    version: Option<LitInt>,
    key: Option<Expr>,
    codec: Option<Path>,
    /// The fields of the primary key.
    primary_key: Vec<Ident>,
    /// All fields.
    fields: Vec<Ident>,
    /// The secret fields, by their keys in the payload, with whether they are left out.
    secrets: Vec<(String, bool)>,
    /// The fields that are shown nowhere.
    hidden: Vec<String>,
    /// The secret fields without a decision: their codec encrypts.
    encrypted: Vec<Span>,
}

/// What becomes of a secret field.
#[derive(Clone, Copy)]
pub(crate) struct Decision {
    is_skipped: bool,
    span: Span,
}

impl Decision {
    /// The word behind `secret`, in parentheses.
    pub(crate) fn parse(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let content;
        parenthesized!(content in meta.input);
        let word: Ident = content.parse()?;
        let is_skipped = match word.to_string().as_str() {
            "stored" => false,
            "skip" => true,
            _ => {
                let text = "write `secret(stored)` or `secret(skip)`";
                return Err(Error::new(word.span(), text));
            }
        };
        if !content.is_empty() {
            let text = "the field is either stored or skipped; remove one of them";
            return Err(content.error(text));
        }
        let span = word.span();
        Ok(Self { is_skipped, span })
    }
}

impl Options {
    /// An error if the model is not durable, and the field has an option of those that are.
    pub(crate) fn check_not_durable(&self) -> Result<()> {
        let Some(decision) = &self.decision else {
            return Ok(());
        };
        let text = "the events of the model are not stored; write `secret` alone, or `#[observed(durable = \"..\")]` on the model";
        Err(Error::new(decision.span, text))
    }
}

impl Durable {
    /// The options of the model; `None` if it has none.
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Option<Self>> {
        let mut own = attributes.iter().filter(|it| is_own(it)).peekable();
        let Some(first) = own.peek() else {
            return Ok(None);
        };
        let first = first.path().span();
        let (mut topic, mut version, mut key, mut codec) = (None, None, None, None);
        own.try_for_each(|attribute| {
            attribute.parse_nested_meta(|meta| {
                let is_twice = match meta.path.get_ident().map(Ident::to_string).as_deref() {
                    Some("durable") => topic.replace(parse_topic(&meta)?).is_some(),
                    Some("version") => version.replace(parse_version(&meta)?).is_some(),
                    Some("key") => key.replace(meta.value()?.parse::<Expr>()?).is_some(),
                    Some("codec") => {
                        let path: ExprPath = meta.value()?.parse()?;
                        codec.replace(path.path).is_some()
                    }
                    Some("secret" | "skip") => {
                        return Err(meta.error("`secret` and `skip` are options of a field; put it on the field that it is about"));
                    }
                    _ => {
                        return Err(meta.error(
                            "unknown option of a model; there are `durable = \"shop.user\"`, which stores its events, and with it `version = 2`, \
                             `key = field` and `codec = MyCodec`",
                        ));
                    }
                };
                match is_twice {
                    true => Err(meta.error("this option is given twice; remove one")),
                    false => Ok(()),
                }
            })
        })?;
        let Some(topic) = topic else {
            let text = "the events of the model are not stored; add `durable = \"shop.user\"`, with which their topics begin";
            return Err(Error::new(first, text));
        };
        Ok(Some(Self {
            topic,
            version,
            key,
            codec,
            primary_key: Vec::new(),
            fields: Vec::new(),
            secrets: Vec::new(),
            hidden: Vec::new(),
            encrypted: Vec::new(),
        }))
    }

    /// Adds a field, whose key in the payload this is; `whole` is an option of serde with which it has none.
    pub(crate) fn add(
        &mut self,
        ident: &Ident,
        field: &FieldSyntax,
        options: &Options,
        key: &str,
        whole: Option<&(Span, String)>,
    ) -> Result<()> {
        self.fields.push(ident.clone());
        if options.is_primary_key {
            self.primary_key.push(ident.clone());
        }
        if options.is_skipped {
            self.hidden.push(key.to_owned());
        }
        if !options.is_secret {
            return Ok(()); // a decision stands behind `secret`
        }
        if let Some((span, name)) = whole
            && self.codec.is_none()
        {
            let text = format!(
                "with `#[serde({name})]` a secret field has no key of its own in the payload, by which it would be found; remove \
                 `{name}`, or give the model a codec that encrypts: `codec = ..`"
            );
            return Err(Error::new(*span, text));
        }
        let is_skipped = match options.decision {
            Some(decision) if decision.is_skipped && !has_default(field) => {
                let text = "a field that is not stored has its default when the event is delivered; add `#[serde(default)]` to it";
                return Err(Error::new(decision.span, text));
            }
            Some(decision) => decision.is_skipped,
            None if self.codec.is_some() => {
                self.encrypted.push(ident.span());
                false
            }
            None => return Err(Error::new(ident.span(), UNDECIDED)),
        };
        self.secrets.push((key.to_owned(), is_skipped));
        Ok(())
    }

    /// An error if the key is no field.
    pub(crate) fn check_key(&self, model: &Ident) -> Result<()> {
        if let Some(Expr::Lit(key)) = &self.key {
            let text = "a key is a field, whose name has no quotes, `key = order`, or a function, `key = |user| user.id`";
            return Err(Error::new(key.span(), text));
        }
        match self.key.as_ref().and_then(field_of) {
            Some(field) if !self.fields.contains(field) => {
                let text = format!(
                    "`{field}` is no field of `{model}`; write the name of one, or a function: `key = |user| user.id`"
                );
                Err(Error::new(field.span(), text))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn expand(&self, model: &Model) -> TokenStream {
        let ident = &model.ident;
        let codec = match &self.codec {
            Some(codec) => quote!(#codec),
            None => quote!(__durable::Json),
        };
        let version = match &self.version {
            Some(version) => quote!(#version),
            None => quote!(1),
        };
        let topics = ["created", "updated", "deleted"].map(|event| {
            let topic = format!("{}.{event}", self.topic.value());
            LitStr::new(&topic, self.topic.span())
        });
        let secrets = self.secrets.iter().map(
            |(name, is_skipped)| quote!(__durable::Secret { name: #name, is_skipped: #is_skipped }),
        );
        let hidden = &self.hidden;
        let checks = self.encrypted.iter().map(|&span| {
            quote_spanned! {at(span)=>
                const _: () = ::core::assert!(<#codec as ::events_durable::Codec>::ENCRYPTS, #UNDECIDED);
            }
        });
        let key = self.durable_key();
        let before = model.fields.iter().map(before);
        let events = events(ident);
        quote! {
            const _: () = {
                use ::events_durable::__derive as __durable;

                #[automatically_derived]
                impl __durable::DurableModel for #ident {
                    type Codec = #codec;
                    const VERSION: i32 = #version;
                    const TOPICS: [&'static str; 3] = [#(#topics),*];
                    const SECRETS: &'static [__durable::Secret] = &[#(#secrets),*];
                    const HIDDEN: &'static [&'static str] = &[#(#hidden),*];

                    fn durable_key(&self) -> ::core::option::Option<__durable::String> {
                        #key
                    }

                    fn before(&self, changes: &__events::Diff) -> Self {
                        let mut before = ::core::clone::Clone::clone(self);
                        #(#before)*
                        before
                    }

                    fn diff(old: &Self, new: &Self) -> __events::Diff {
                        <Self as ::events_seaorm::Observed>::diff(old, new)
                    }
                }

                #(#checks)*

                #events
            };
        }
    }

    /// The body of the function that returns the key of a record.
    fn durable_key(&self) -> TokenStream {
        let Some(key) = &self.key else {
            return self.primary_key_text();
        };
        let span = at(key.span());
        if let Some(field) = field_of(key) {
            return quote_spanned! {span=>
                ::core::option::Option::Some(__durable::key_text(&self.#field))
            };
        }
        quote_spanned! {span=>
            let key: fn(&Self) -> _ = #key;
            ::core::option::Option::Some(__durable::key_text(&key(self)))
        }
    }

    /// That of the primary key, which is unique among the models by the name before it.
    fn primary_key_text(&self) -> TokenStream {
        let topic = self.topic.value();
        let parts = self.primary_key.iter().map(|field| {
            quote_spanned! {at(field.span())=>
                key.push('/');
                key.push_str(&__durable::key_text(&self.#field));
            }
        });
        quote! {
            let mut key = __durable::String::from(#topic);
            #(#parts)*
            ::core::option::Option::Some(key)
        }
    }
}

const UNDECIDED: &str = "the store would contain this secret field; decide: `#[observed(secret(stored))]` stores it as it is, \
                         `#[observed(secret(skip))]` leaves it out, and `codec = ..` of the model with a codec that encrypts stores it \
                         encrypted";

fn parse_topic(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let topic: LitStr = match meta.value() {
        Ok(value) => value.parse()?,
        Err(_) => {
            let text = "`durable` needs a text, with which the topics of the events begin: `durable = \"shop.user\"`";
            return Err(meta.error(text));
        }
    };
    match topic.value().is_empty() {
        true => Err(Error::new(
            topic.span(),
            "the topics of the events begin with this text; write one that is not empty, as `durable = \"shop.user\"`",
        )),
        false => Ok(topic),
    }
}

fn parse_version(meta: &ParseNestedMeta<'_>) -> Result<LitInt> {
    let version: LitInt = meta.value()?.parse()?;
    match version.base10_parse::<i32>() {
        Ok(1..) => Ok(version),
        _ => Err(Error::new(
            version.span(),
            "a version is a number from 1 on; write `version = 2` when the model has changed",
        )),
    }
}

/// The field that a key names.
fn field_of(key: &Expr) -> Option<&Ident> {
    match key {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// Whether serde has a value for the field if the payload has none.
fn has_default(field: &FieldSyntax) -> bool {
    let options = field.attrs.iter().filter(|it| it.path().is_ident("serde"));
    let mut tokens = options
        .filter_map(|it| it.meta.require_list().ok())
        .flat_map(|list| list.tokens.clone());
    tokens.any(|token| {
        matches!(token, proc_macro2::TokenTree::Ident(ident) if ident == "default" || ident == "skip")
    })
}

/// This place, as one of generated code: lints take what has a span of the user for code of the user.
fn at(place: Span) -> Span {
    Span::call_site().located_at(place)
}

/// Sets a field to its value before the changes.
fn before(field: &Field) -> TokenStream {
    let ident = &field.ident;
    let name = ident.unraw().to_string();
    quote_spanned! {at(ident.span())=>
        if let ::core::option::Option::Some(change) = changes.get(#name)
            && let ::core::option::Option::Some(old) = change.old()
        {
            before.#ident = ::core::clone::Clone::clone(old);
        }
    }
}

/// Adds the three events to the durable event types, each with what fails while no store is registered.
fn events(model: &Ident) -> TokenStream {
    let events = [
        ("Created", "__store_created"),
        ("Updated", "__store_updated"),
        ("Deleted", "__store_deleted"),
    ];
    let events = events.map(|(event, function)| {
        let event = Ident::new(event, Span::call_site());
        let function = Ident::new(function, model.span());
        quote! {
            const _: () = {
                __durable::register_type! { __durable::core::record::#event<#model> }
            };

            #[__durable::subscriber(crate = __durable::core, priority = i32::MAX, at_once)]
            fn #function(
                _: &__durable::core::record::#event<#model>,
            ) -> ::core::result::Result<(), __durable::NotRegistered> {
                __durable::check_registered_for_write()
            }
        }
    });
    quote!(#(#events)*)
}
