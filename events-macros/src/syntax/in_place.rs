//! Writing tokens directly into the output stream.
//!
//! Interpolating a `TokenStream` clones it, and both copies are sent to the compiler. In a dev build,
//! where macros are not optimized, that costs as much as creating five tokens. Pieces that are
//! interpolated often are therefore not built as a `TokenStream` first.

use std::iter;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A closure that appends its tokens to the output stream.
#[derive(Clone, Copy)]
pub(crate) struct InPlace<W>(pub(crate) W);

impl<W: Fn(&mut TokenStream)> ToTokens for InPlace<W> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        (self.0)(tokens);
    }
}

/// Prepares a piece of at least five tokens that is interpolated several times: its tokens are sent
/// to the compiler once, not with each copy.
pub(crate) fn shared(piece: TokenStream) -> TokenStream {
    // Collecting token streams sends their pending tokens to the compiler.
    iter::once(piece).collect()
}
