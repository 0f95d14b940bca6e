//! Writes the function with a flush at its end.
//!
//! In a sync function a guard at the start of the body flushes when it is dropped. The call of the flush is part of
//! the expansion, so that its panic is located at the attribute. Dropping cannot await, so in an `async fn` the body
//! becomes a future that is wrapped instead.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::FlushedFunction;
use crate::syntax::body::{braced, return_type_hint};

pub(super) fn expand(function: &FlushedFunction) -> TokenStream {
    let FlushedFunction {
        core, head, body, ..
    } = function;
    let private = quote!(#core::__private);
    let (attrs, statements) = (&body.attrs, &body.statements);
    let statements = if function.is_async {
        let hint = return_type_hint(function.return_type.as_ref(), &private);
        let block = braced(quote!(#hint #statements), body.span);
        quote!(#private::flush_after_async(async move #block).await)
    } else {
        quote_spanned! {Span::mixed_site()=>
            let _flush = #private::FlushOnDrop::new(|queue| _ = #core::Queue::flush(queue));
            #statements
        }
    };
    let block = braced(statements, body.span);
    quote!(#(#attrs)* #head #block)
}
