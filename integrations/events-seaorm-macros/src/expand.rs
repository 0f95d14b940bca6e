//! What the derive writes. It calls `events_seaorm::__derive`, and cannot fail.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use crate::model::{Field, JsonField, Model};

pub(crate) fn expand(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let compare = model.fields.iter().map(compare);
    let columns = &model.columns;
    let json = model.json.iter().map(json_field);
    let hooks = hooks(model);
    let durable = model.durable.as_ref();
    let is_durable = durable.is_some();
    let durable = durable.map(|durable| durable.expand(model));
    quote! {
        const _: () = {
            use ::events_seaorm::__derive as __events;

            #[automatically_derived]
            impl ::events_seaorm::Observed for #ident {
                fn diff(old: &Self, new: &Self) -> __events::Diff {
                    #[allow(unused_imports)]
                    use __events::{JsonChange as _, TextChange as _};
                    let diff = __events::Diff::new();
                    #(#compare)*
                    diff
                }

                const __IS_DURABLE: bool = #is_durable;

                fn __fields() -> &'static [&'static str] {
                    &[#(#columns),*]
                }

                fn __register_json() {
                    #[allow(unused_imports)]
                    use __events::NoJson as _;
                    __events::ModelProbe::<#ident>::REGISTER(&[#(#json),*]);
                }
            }

            /// The events of a write are those of its model.
            impl __events::NotAModel for Entity {
                const REMEDY: &'static str =
                    "no write emits an event of `Entity`; subscribe to that of its `Model`, as `Updated<user::Model>`";
            }

            #hooks

            #durable
        };
    }
}

/// Adds a field to the diff, if it has changed.
fn compare(field: &Field) -> TokenStream {
    let ident = &field.ident;
    let name = ident.unraw().to_string();
    let add = if field.is_secret {
        quote_spanned!(ident.span()=> diff.secret(#name, &old.#ident, &new.#ident))
    } else {
        quote_spanned! {ident.span()=>
            (&__events::Changed { old: &old.#ident, new: &new.#ident }).add(diff, #name)
        }
    };
    quote_spanned! {ident.span()=>
        let diff = if __events::is_changed(&old.#ident, &new.#ident) {
            #add
        } else {
            diff
        };
    }
}

fn json_field(field: &JsonField) -> TokenStream {
    let JsonField {
        name,
        key,
        is_secret,
        is_skipped,
        is_optional,
    } = field;
    quote! {
        __events::JsonField {
            name: #name,
            key: #key,
            is_secret: #is_secret,
            is_skipped: #is_skipped,
            is_optional: #is_optional,
        }
    }
}

fn hooks(model: &Model) -> TokenStream {
    let ident = &model.ident;
    quote! {
        #[automatically_derived]
        #[__events::async_trait]
        impl __events::ActiveModelBehavior for ActiveModel {
            fn new() -> Self {
                #[allow(unused_imports)]
                use __events::{NoBehavior as _, OwnBehavior as _};
                (&__events::Own::<ActiveModel>::VALUE).own_new()
            }

            async fn before_save<C>(
                self,
                db: &C,
                insert: bool,
            ) -> ::core::result::Result<Self, __events::DbErr>
            where
                C: __events::ConnectionTrait,
            {
                #[allow(unused_imports)]
                use __events::{NoBehavior as _, OwnBehavior as _};
                let own = &__events::Own::<ActiveModel>::VALUE;
                let active = own.own_before_save(self, db, insert).await?;
                __events::before_save(active, db, insert).await
            }

            async fn after_save<C>(
                model: #ident,
                db: &C,
                insert: bool,
            ) -> ::core::result::Result<#ident, __events::DbErr>
            where
                C: __events::ConnectionTrait,
            {
                #[allow(unused_imports)]
                use __events::{NoBehavior as _, OwnBehavior as _};
                let own = &__events::Own::<ActiveModel>::VALUE;
                own.own_after_save(model, db, insert).await
            }

            async fn before_delete<C>(
                self,
                db: &C,
            ) -> ::core::result::Result<Self, __events::DbErr>
            where
                C: __events::ConnectionTrait,
            {
                #[allow(unused_imports)]
                use __events::{NoBehavior as _, OwnBehavior as _};
                let own = &__events::Own::<ActiveModel>::VALUE;
                let active = own.own_before_delete(self, db).await?;
                __events::before_delete(active, db).await
            }

            async fn after_delete<C>(
                self,
                db: &C,
            ) -> ::core::result::Result<Self, __events::DbErr>
            where
                C: __events::ConnectionTrait,
            {
                #[allow(unused_imports)]
                use __events::{NoBehavior as _, OwnBehavior as _};
                let own = &__events::Own::<ActiveModel>::VALUE;
                own.own_after_delete(self, db).await
            }
        }
    }
}
