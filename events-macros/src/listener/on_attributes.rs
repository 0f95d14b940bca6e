//! The attributes `#[on]` of a method, also those under a condition: `#[cfg_attr(condition, on)]`.

use proc_macro2::TokenStream;
use syn::{Attribute, Error, Meta, Result, parse_quote, spanned::Spanned};

use super::impl_block::{ImplItem, is_on_path, is_subscriber_path};
use crate::syntax::attributes::conditional;

/// An `#[on]` of a method, perhaps under a condition; it makes the method a handler. A method of an observer without an
/// `#[on]` has one without options.
pub(super) struct OnAttribute {
    /// The condition as an attribute.
    pub(super) cfg: Option<Attribute>,
    pub(super) options: TokenStream,
}

/// The handlers that a method is, which differ in their conditions.
#[derive(Default)]
pub(super) struct OnAttributes {
    pub(super) handlers: Vec<OnAttribute>,
    pub(super) overlaps: Vec<Overlap>,
}

/// Two conditions that may not both hold.
pub(crate) struct Overlap {
    pub(crate) conditions: [TokenStream; 2],
    pub(crate) error: Error,
}

impl OnAttributes {
    /// Those of an item, which is no handler if there are none. All methods of an observer are handlers.
    pub(super) fn of(item: &ImplItem, is_observer: bool) -> Result<Self> {
        let is_subscriber = |meta: &Meta| is_subscriber_path(meta.path());
        let mut metas = item.attrs.iter().map(|attr| &attr.meta);
        if let Some((_, subscriber)) =
            metas.find_map(|meta| conditional(meta, &is_subscriber).pop())
        {
            let text = if is_observer {
                "each method of an observer is a handler; remove this, and write options as `#[on(..)]`"
            } else {
                "`#[subscriber]` belongs on a free function; in a listener write `#[on]` here"
            };
            return Err(Error::new(subscriber.path().span(), text));
        }
        let is_on = |meta: &Meta| is_on_path(meta.path());
        let attributes: Vec<_> = item
            .attrs
            .iter()
            .flat_map(|attr| conditional(&attr.meta, &is_on))
            .collect();
        if let Some((_, first)) = attributes.first()
            && item.signature.is_none()
        {
            let text = "`#[on]` marks a handler, which is a method; remove it here";
            return Err(Error::new(first.path().span(), text));
        }
        let has_unconditional = attributes.iter().any(|(condition, _)| condition.is_none());
        let mut all = Self::default();
        for (index, (condition, attribute)) in attributes.iter().enumerate() {
            let twice = || {
                let text = "`#[on]` is given twice; write all options into one";
                Error::new(attribute.path().span(), text)
            };
            if index > 0 && has_unconditional {
                return Err(twice());
            }
            let before = attributes[..index].iter();
            let before =
                before.filter_map(|(before, _)| Some([before.clone()?, condition.clone()?]));
            all.overlaps.extend(before.map(|conditions| Overlap {
                conditions,
                error: twice(),
            }));
            all.handlers.push(OnAttribute {
                cfg: condition.as_ref().map(|it| parse_quote!(#[cfg(#it)])),
                options: options(attribute)?,
            });
        }
        if is_observer && item.signature.is_some() && !has_unconditional {
            let conditions = attributes.iter().map(|(condition, _)| condition);
            all.handlers.push(OnAttribute {
                cfg: (!attributes.is_empty())
                    .then(|| parse_quote!(#[cfg(not(any(#(#conditions),*)))])),
                options: TokenStream::new(),
            });
        }
        Ok(all)
    }
}

fn options(attribute: &Meta) -> Result<TokenStream> {
    match attribute {
        Meta::Path(_) => Ok(TokenStream::new()),
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::NameValue(meta) => {
            let text = "`#[on]` accepts options in parentheses; write `#[on(priority = 10)]`";
            Err(Error::new(meta.eq_token.span(), text))
        }
    }
}
