//! What the attribute writes: the function again, as a test, whose body runs while a mock is installed.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Signature, spanned::Spanned};

use super::model::Test;
use crate::body::{braced, returned};

pub(super) fn expand(test: &Test) -> TokenStream {
    let Test {
        testing,
        attrs,
        vis,
        signature,
        body,
        ..
    } = test;
    let private = quote!(#testing::__private);
    let begin = Ident::new(if test.empty { "Empty" } else { "Install" }, testing.span());
    let begin = quote!(#private::Begin::#begin);
    let returned = returned(test.returns.as_ref(), &private);
    let inside = &body.inside;
    let block = braced(quote!(#returned #inside), body.span);
    let mut signature = Signature::clone(signature);
    let inside = match (&signature.asyncness, test.is_test) {
        (None, _) => quote!(#private::run(#begin, move || #block)),
        (Some(_), true) => quote!(#private::run_async(#begin, async move #block).await),
        (Some(_), false) => {
            signature.asyncness = None;
            quote!(#private::block_on(#begin, async move #block))
        }
    };
    let test_attr = (!test.is_test).then(|| quote!(#[::core::prelude::v1::test]));
    let inner = &body.attrs;
    let block = braced(inside, body.span);
    quote!(#test_attr #(#attrs)* #(#inner)* #vis #signature #block)
}
