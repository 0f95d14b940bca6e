//! `#[derive(Durable)]`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Data, DeriveInput, Error, Expr, Field, Fields, Ident, Result, ext::IdentExt, spanned::Spanned,
};

use crate::{
    options::{Secret, TypeOptions, has_word, secret_option},
    serde_attributes::{SerdeField, SerdeType},
};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    if let Some(lifetime) = input.generics.lifetimes().next() {
        let text = "a stored event owns its data, and this one borrows; write `String` in place of `&str`, for example";
        return Err(Error::new(lifetime.span(), text));
    }
    if let Some(param) = input.generics.params.first() {
        let text = format!(
            "a generic event is stored under a topic for each of its types; write \
             `events_durable::durable!({ident}<User>, topic = \"..\")` for each of them, in place of this derive"
        );
        return Err(Error::new(param.span(), text));
    }
    let options = TypeOptions::parse(&input.attrs)?;
    let secrets = Secrets::of(input, &options)?;
    let version = options.version.as_ref();
    let version = version.map_or_else(|| quote!(1), |version| quote!(#version));
    let codec = options.codec.as_ref();
    let codec = codec.map_or_else(|| quote!(__durable::Json), |codec| quote!(#codec));
    let has_key = options.key.is_some();
    let key = key(input, options.key.as_ref())?;
    let Secrets { list, checks } = secrets;
    // At the type: it is what serde has to know. Not with its span as it is, which lints take for code of the user.
    let at_type = Span::call_site().located_at(ident.span());
    let payload = quote_spanned! {at_type=>
        fn write_payload(&self) -> ::core::result::Result<__durable::Value, __durable::Error> {
            __durable::write_payload(self, <Self as ::events_durable::DurableEvent>::SECRETS)
        }

        fn read_payload(
            payload: __durable::Value,
        ) -> ::core::result::Result<Self, __durable::Error> {
            __durable::read_payload(payload)
        }
    };
    let stored = format_ident!("__store_{}", ident.unraw(), span = ident.span());
    Ok(quote! {
        const _: () = {
            use ::events_durable::__derive as __durable;

            #[automatically_derived]
            impl ::events_durable::DurableEvent for #ident {
                type Codec = #codec;
                const VERSION: i32 = #version;
                const SECRETS: &'static [__durable::Secret] = &[#(#list),*];
                const HAS_KEY: bool = #has_key;

                fn durable_key(&self) -> ::core::option::Option<__durable::String> {
                    #key
                }

                #payload
            }

            #(#checks)*

            __durable::register_type! { #ident }

            /// Fails while no store is registered that stores the event.
            #[__durable::subscriber(crate = __durable::core, priority = i32::MAX, at_once)]
            #[allow(non_snake_case)]
            fn #stored(_: &#ident) -> ::core::result::Result<(), __durable::NotRegistered> {
                __durable::check_registered()
            }
        };
    })
}

/// The secret fields.
struct Secrets {
    /// Each as an element of the list of the type.
    list: Vec<TokenStream>,
    /// Checks that the compiler evaluates.
    checks: Vec<TokenStream>,
}

impl Secrets {
    fn of(input: &DeriveInput, options: &TypeOptions) -> Result<Self> {
        let fields: Vec<&Field> = match &input.data {
            Data::Struct(data) => data.fields.iter().collect(),
            Data::Enum(data) => data.variants.iter().flat_map(|it| &it.fields).collect(),
            Data::Union(_) => Vec::new(),
        };
        let mut secrets = Self {
            list: Vec::new(),
            checks: Vec::new(),
        };
        let mut errors: Option<Error> = None;
        for field in fields {
            match secrets.add(field, input, options) {
                Ok(()) => {}
                Err(error) => match &mut errors {
                    Some(errors) => errors.combine(error),
                    None => errors = Some(error),
                },
            }
        }
        errors.map_or(Ok(secrets), Err)
    }

    fn add(&mut self, field: &Field, input: &DeriveInput, options: &TypeOptions) -> Result<()> {
        let decided = secret_option(field)?;
        let is_secret = has_word(&field.attrs, "event", "secret");
        let Some((decision, span)) = decided else {
            return match is_secret {
                true => self.check_codec(field, options),
                false => Ok(()),
            };
        };
        if !is_secret {
            let text = "the field is not secret; add `#[event(secret)]` to it, or remove this";
            return Err(Error::new(span, text));
        }
        let serde = SerdeField::new(&field.attrs);
        let is_skipped = decision == Secret::Skipped;
        let has_default = ["default", "skip"].map(|word| has_word(&field.attrs, "serde", word));
        if is_skipped && !has_default.contains(&true) {
            let text = "a field that is not stored has its default when the event is delivered; add \
                        `#[serde(default)]` to it";
            return Err(Error::new(span, text));
        }
        if serde.skip {
            return Ok(()); // it is in no payload
        }
        let key = key_in_payload(field, &serde, input).map_err(|text| Error::new(span, text))?;
        self.list
            .push(quote!(__durable::Secret { name: #key, is_skipped: #is_skipped }));
        Ok(())
    }

    /// Nothing says what becomes of a secret field: the codec encrypts all.
    fn check_codec(&mut self, field: &Field, options: &TypeOptions) -> Result<()> {
        let span = field
            .ident
            .as_ref()
            .map_or_else(|| field.ty.span(), Ident::span);
        let text = "the store would contain this secret field; decide: `#[durable(secret(stored))]` stores it as it \
                    is, `#[durable(secret(skip))]` leaves it out, and `#[durable(codec = ..)]` of the type with a \
                    codec that encrypts stores it encrypted";
        let Some(codec) = &options.codec else {
            return Err(Error::new(span, text));
        };
        self.checks.push(quote_spanned! {span=>
            const _: () = ::core::assert!(<#codec as ::events_durable::Codec>::ENCRYPTS, #text);
        });
        Ok(())
    }
}

/// The key of a secret field in the payload, by which it is left out or redacted; the text of an error if it has none.
fn key_in_payload(
    field: &Field,
    serde: &SerdeField,
    input: &DeriveInput,
) -> std::result::Result<String, String> {
    let of_type = SerdeType::new(&input.attrs);
    let of_type_as_whole = of_type.whole.as_ref().filter(|(_, name)| name != "tag");
    if let Some((_, name)) = serde.whole.as_ref().or(of_type_as_whole) {
        return Err(format!(
            "with `#[serde({name})]` the secret field has no key of its own in the payload, by which it would be found; remove \
             `{name}`, or give the type a codec that encrypts, in place of this: `#[durable(codec = ..)]`"
        ));
    }
    if matches!(input.data, Data::Enum(_)) {
        return Err(
            "the secret field of an enum has no key of its own in the payload, by which it would be found; leave it out with \
             `#[serde(skip)]`, or give the type a codec that encrypts, in place of this: `#[durable(codec = ..)]`"
                .to_owned(),
        );
    }
    match &field.ident {
        Some(ident) => Ok(serde.key(&ident.unraw().to_string(), &of_type)),
        None => {
            Err("a secret field that is stored has a name; give the struct named fields".to_owned())
        }
    }
}

/// The body of the function that returns the key.
fn key(input: &DeriveInput, key: Option<&Expr>) -> Result<TokenStream> {
    let Some(key) = key else {
        return Ok(quote!(::core::option::Option::None));
    };
    let span = key.span();
    if let Expr::Lit(_) = key {
        let text = "a key is a field, whose name has no quotes, `key = order`, or a function, `key = |event| event.order`";
        return Err(Error::new(span, text));
    }
    if let Expr::Path(path) = key
        && let Some(field) = path.path.get_ident()
    {
        let is_field = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => fields
                    .named
                    .iter()
                    .any(|it| it.ident.as_ref() == Some(field)),
                _ => false,
            },
            _ => false,
        };
        if !is_field {
            let text = format!(
                "`{field}` is no field of `{}`; write the name of one, or a function: `key = |event| event.order`",
                input.ident
            );
            return Err(Error::new(span, text));
        }
        return Ok(quote_spanned! {span=>
            ::core::option::Option::Some(__durable::key_text(&self.#field))
        });
    }
    Ok(quote_spanned! {span=>
        let key: fn(&Self) -> _ = #key;
        ::core::option::Option::Some(__durable::key_text(&key(self)))
    })
}
