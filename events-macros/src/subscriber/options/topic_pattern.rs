//! The options `topic` and `exact_topic`: a pattern of topics, parsed, validated and written.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Error, LitStr, Path, Result};

use crate::syntax::options::RawOption;

/// A pattern of topics, with its variant of `PatternText` in `events-core`.
pub(in crate::subscriber) struct TopicPattern {
    variant: &'static str,
    text: LitStr,
}

impl TopicPattern {
    /// One exact topic.
    pub(in crate::subscriber) fn parse_exact(option: RawOption) -> Result<Self> {
        let text = option.into_string("\"shop.orders\"")?;
        Ok(Self {
            variant: "Exact",
            text,
        })
    }

    /// A regular expression that matches whole topics, and is valid.
    pub(in crate::subscriber) fn parse(option: RawOption) -> Result<Self> {
        let text = option.into_string("\"shop::orders::.*\"")?;
        match regex_syntax::Parser::new().parse(&text.value()) {
            Ok(_) => Ok(Self {
                variant: "Regex",
                text,
            }),
            Err(error) => {
                let error = format!("the topic pattern is not a valid regular expression; {error}");
                Err(Error::new(text.span(), error))
            }
        }
    }

    pub(in crate::subscriber) fn is_exact(&self) -> bool {
        self.variant == "Exact"
    }

    /// The `EventSelector` of events whose topic matches.
    pub(in crate::subscriber) fn selector(&self, core: &Path) -> TokenStream {
        let Self { variant, text } = self;
        let variant = Ident::new(variant, Span::mixed_site());
        quote! {
            #core::__private::EventSelector::Topic(#core::__private::PatternText::#variant(#text))
        }
    }
}
