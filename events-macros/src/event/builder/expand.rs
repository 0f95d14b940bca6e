//! Joins the parts of the builder.

use proc_macro2::TokenStream;
use quote::quote;

use super::{super::model::Event, model::Builder};

pub(crate) fn expand(event: &Event) -> TokenStream {
    let builder = Builder::new(event);
    let Event { core, lints, .. } = event;
    let items: TokenStream = [
        builder.builder_fn(),
        builder.marker_traits(),
        builder.build_impl(),
        builder.setters(),
        builder.finishers(),
    ]
    .into_iter()
    .collect();
    // Brings the methods with an origin into scope. A submodule imports a private `use`, too, with `use super::*`.
    let items = quote! {
        #[allow(unused_imports)]
        use #core::__private::EmitFrom as _;

        #(#lints)*
        const _: () = {
            use #core::__private::{self as __events, Build as __Build};

            #items
        };
    };
    [builder.declaration(), items].into_iter().collect()
}
