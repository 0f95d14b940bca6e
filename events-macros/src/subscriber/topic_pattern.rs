//! The option `topic`: a pattern of topics, parsed, validated and written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, LitStr, Path, Result};

use crate::syntax::options::RawOption;

/// A regular expression that matches whole topics.
pub(super) struct TopicPattern(LitStr);

impl TopicPattern {
    /// The value of the option, which is a valid regular expression.
    pub(super) fn parse(option: RawOption) -> Result<Self> {
        let text = option.into_string("\"shop::orders::.*\"")?;
        match regex_syntax::Parser::new().parse(&text.value()) {
            Ok(_) => Ok(Self(text)),
            Err(error) => {
                let error = format!("the topic pattern is not a valid regular expression; {error}");
                Err(Error::new(text.span(), error))
            }
        }
    }

    /// The `EventSelector` of events whose topic matches.
    pub(super) fn selector(&self, core: &Path) -> TokenStream {
        let Self(text) = self;
        quote! {
            #core::__private::EventSelector::Topic(#core::__private::PatternText::Regex(#text))
        }
    }
}
