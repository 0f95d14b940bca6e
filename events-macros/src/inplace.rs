//! Tokens that are written where they are put.
//!
//! A stream that is put into another is cloned, and both are handed to the compiler; in a dev build,
//! where macros are not optimized, that costs as much as making five tokens. So what stands in a place
//! that is expanded often is no stream of its own.

use std::iter;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What appends its tokens to a stream.
#[derive(Clone, Copy)]
pub(crate) struct InPlace<W>(pub(crate) W);

impl<W: Fn(&mut TokenStream)> ToTokens for InPlace<W> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        (self.0)(tokens);
    }
}

/// A piece that is put into several places, of five tokens or more: they are handed to the compiler
/// once, and not with each copy.
pub(crate) fn shared(piece: TokenStream) -> TokenStream {
    // To collect streams is what hands over those that are there.
    iter::once(piece).collect()
}
