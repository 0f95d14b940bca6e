//! What the attribute writes: the function again, with something before its body that flushes at
//! the end, or in an `async fn` around its body, for nothing can be awaited when something is dropped.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::Flushed;
use crate::spans::{at, located};

pub(super) fn expand(flushed: &Flushed) -> TokenStream {
    let Flushed {
        core, head, body, ..
    } = flushed;
    let private = quote!(#core::__private);
    let (attrs, inside) = (&body.attrs, &body.inside);
    let inside = if flushed.is_async {
        let returned = returned(flushed);
        let block = braced(quote!(#returned #inside), body.span);
        quote!(#private::flush_after_async(async move #block).await)
    } else {
        quote_spanned! {Span::mixed_site()=>
            let _flush = #private::FlushOnDrop::new();
            #inside
        }
    };
    let block = braced(inside, body.span);
    quote!(#(#attrs)* #head #block)
}

/// Tells a block inside the function what it returns, as the function tells its own body: by a
/// `return` of that type, which is never reached.
fn returned(flushed: &Flushed) -> Option<TokenStream> {
    let ty = flushed.returns.as_ref()?;
    let place = at(ty.span());
    let core = located(&flushed.core, place);
    Some(quote_spanned! {place=>
        if let ::core::option::Option::Some(returned) = #core::__private::returned::<#ty>() {
            return returned;
        }
    })
}

/// The braces of the user's, with something else in them: a lint that counts what stands before an
/// item in them knows them for ours.
fn braced(inside: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(at(span));
    group
}
