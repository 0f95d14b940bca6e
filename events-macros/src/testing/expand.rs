//! Writes the function as a test whose body runs while a mock is installed.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Signature, spanned::Spanned};

use super::model::Test;
use crate::syntax::body::{braced, return_type_hint};

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
    let hint = return_type_hint(test.return_type.as_ref(), &private);
    let statements = &body.statements;
    let block = braced(quote!(#hint #statements), body.span);
    let mut signature = Signature::clone(signature);
    let statements = match (&signature.asyncness, test.has_test_attribute) {
        (None, _) => quote!(#private::run(#begin, move || #block)),
        (Some(_), true) => quote!(#private::run_async(#begin, async move #block).await),
        (Some(_), false) => {
            signature.asyncness = None;
            quote!(#private::block_on(#begin, async move #block))
        }
    };
    let test_attribute = (!test.has_test_attribute).then(|| quote!(#[::core::prelude::v1::test]));
    let inner = &body.attrs;
    let block = braced(statements, body.span);
    quote!(#test_attribute #(#attrs)* #(#inner)* #vis #signature #block)
}
