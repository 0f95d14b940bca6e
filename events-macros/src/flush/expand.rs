//! What the attribute writes: the function again, with something before its body that flushes at
//! the end, or in an `async fn` around its body, for nothing can be awaited when something is dropped.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::Flushed;
use crate::body::{braced, returned};

pub(super) fn expand(flushed: &Flushed) -> TokenStream {
    let Flushed {
        core, head, body, ..
    } = flushed;
    let private = quote!(#core::__private);
    let (attrs, inside) = (&body.attrs, &body.inside);
    let inside = if flushed.is_async {
        let returned = returned(flushed.returns.as_ref(), &private);
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
